"""What training costs and keeps."""
