"""Who reads what was given up: who asks for it, and who decides."""

from office.access.matrix import Data, Write

READERS = (Write(Data.ARREARS), Write(Data.WRITE_OFF_SECOND))
