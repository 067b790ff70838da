"""Who reads and writes the schemes: who prepares files reads them; the head of social and the administration write."""

from office.access.matrix import FACTS, OWN, Data, Read, Write

READERS = (Read(Data.AID_FILE, OWN, FACTS), Read(Data.PARAMETER))
WRITERS = (Write(Data.AID_FILE), Write(Data.PARAMETER))
