"""A small SMTP server on the loopback, which answers what a test tells it to (RFC 5321)."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Server:
    """`answers`: verb → line to answer in place of the usual one, or None to cut the connection there."""

    def __init__(self, answers: dict[str, str | None]) -> None:
        self.answers = answers
        self.mails: list[str] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            with client, client.makefile("rb") as lines:
                self._talk(client, lines)

    def _talk(self, client: socket.socket, lines: object) -> None:
        usual = {
            "EHLO": "250 ici",
            "MAIL": "250 ok",
            "RCPT": "250 ok",
            "DATA": "354 allez",
            ".": "250 pris",
            "QUIT": "221 au revoir",
        }
        client.sendall(b"220 essai\r\n")
        for line in lines:  # type: ignore[attr-defined]
            verb = line.split()[0].decode().upper()
            answer = self.answers.get(verb, usual.get(verb, "250 ok"))
            if verb == "DATA" and answer and answer.startswith("354"):
                client.sendall(f"{answer}\r\n".encode())
                mail = []
                for part in lines:  # type: ignore[attr-defined]
                    if part == b".\r\n":
                        break
                    mail.append(part.decode())
                answer = self.answers.get(".", usual["."])
                if answer and answer.startswith("250"):
                    self.mails.append("".join(mail))
            if answer is None:
                return
            client.sendall(f"{answer}\r\n".encode())
            if verb == "QUIT":
                return


@contextmanager
def smtp_server(**answers: str | None) -> Iterator[Server]:
    server = Server({verb.replace("END", "."): line for verb, line in answers.items()})
    try:
        yield server
    finally:
        with suppress(OSError):
            server.socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts, which would go on listening
        server.socket.close()
