"""The puppet that dances: its joints, and persons that are drawn along them."""
