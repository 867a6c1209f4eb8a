"""Speech to text: a live session with Deepgram (`/v1/listen`), or none where no key is set."""

from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from medimeet.gateways.speech.protocol import Heard, Listener, Speech, SpeechSession, SpeechTrouble

__all__ = ["Heard", "Listener", "Speech", "SpeechSession", "SpeechTrouble", "gateway"]

OPTIONS = {
    "smart_format": "true",
    "filler_words": "true",
    "punctuate": "true",
    "encoding": "linear16",
    "sample_rate": "16000",
    "channels": "1",
    "interim_results": "true",
    "endpointing": "300",  # milliseconds; the service's own 10 would end a sentence at every breath
    "utterance_end_ms": "1000",
    "vad_events": "true",
    "mip_opt_out": "true",  # what patients say trains nobody's model
}


def gateway(url: str, key: str, model: str, language: str) -> Speech | None:
    """The speech service at that address; None without a key. Raises ValueError for what can't be read.

    What the address asks for by a query of its own is kept, and wins.
    """
    if not key:
        return None
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise ValueError("MEDIMEET_DEEPGRAM_API_KEY holds a character that no key has. Copy it again.")
    # Here, so that no clinic without speech waits at each start for what speaks to Deepgram.
    from medimeet.gateways.speech.deepgram import DeepgramSpeech  # noqa: PLC0415

    return DeepgramSpeech(_address(url, {"model": model, "language": language, **OPTIONS}), key)


def _address(url: str, options: dict[str, str]) -> str:
    try:
        parts = urlsplit(url)
        is_readable = (
            parts.scheme in {"wss", "ws"} and bool(parts.hostname) and parts.port != 0 and "@" not in parts.netloc
        )
        (parts.hostname or "").encode("idna")
    except ValueError:
        is_readable = False
    if not is_readable:
        raise ValueError("MEDIMEET_DEEPGRAM_URL must look like wss://api.deepgram.com/v1/listen")
    own = parse_qsl(parts.query, keep_blank_values=True)
    named = {name for name, _ in own}
    query = [(name, value) for name, value in options.items() if value and name not in named] + own
    return urlunsplit(parts._replace(query=urlencode(query), fragment=""))
