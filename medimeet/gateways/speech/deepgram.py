"""Deepgram's live speech to text, or whatever speaks its protocol."""

import logging

from websockets.sync.client import ClientConnection, connect

from medimeet.gateways.speech.protocol import Listener
from medimeet.gateways.speech.session import Session

CONNECT_SECONDS = 3.5
CLOSE_SECONDS = 1

_LARGEST_MESSAGE = 2**18

_wire_log = logging.getLogger(f"{__name__}.wire")
_wire_log.setLevel(logging.WARNING)  # at DEBUG the library would write the key


class DeepgramSpeech:
    """Deepgram at an address that carries all options."""

    def __init__(self, address: str, key: str) -> None:
        self.address = address
        self._key = key

    def listen(self, listener: Listener) -> Session:
        return Session(self._connect, listener)

    def _connect(self) -> ClientConnection:
        return connect(
            self.address,
            additional_headers={"Authorization": f"Token {self._key}"},
            proxy=None,  # no proxy of the machine gets to hear people
            compression=None,
            open_timeout=CONNECT_SECONDS,
            close_timeout=CLOSE_SECONDS,
            ping_interval=None,  # ours are sent in `tick`, without a thread for them
            max_size=_LARGEST_MESSAGE,
            logger=_wire_log,
        )
