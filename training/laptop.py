from dataclasses import dataclass
@dataclass(frozen=True)
class Laptop:
    data: str = ""
def keep(o): ...
