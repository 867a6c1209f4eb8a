"""SMS gateways that are asked over HTTP: a webhook of one's own, and Twilio."""

import hashlib
import hmac
import json
from urllib.parse import SplitResult, unquote, urlunsplit

import requests
from urllib3.exceptions import MaxRetryError, ProtocolError

from medimeet import clock
from medimeet.gateways.cut_line import CutLine
from medimeet.gateways.outcomes import MaybeSent, Refused, TryLater
from medimeet.gateways.sms import Sms

TWILIO = "https://api.twilio.com"
SENDING_SECONDS = 20  # to connect and to answer, together

_CONNECT_SECONDS = 5
_ANSWER_SECONDS = 10


class Webhook:
    """POSTs `{id, to, text, kind}` as JSON, signed: `X-MediMeet-Signature: t=<unix time>,sha256=<HMAC of "t.body">`."""

    def __init__(self, address: SplitResult) -> None:
        self._secret = unquote(address.password or "").encode()
        host = address.netloc.rpartition("@")[2]
        self._url = urlunsplit((address.scheme, host, address.path, address.query, ""))

    def send(self, sms: Sms) -> None:
        body = json.dumps({"id": sms.message_id, "to": sms.to, "text": sms.body, "kind": sms.kind}).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": sms.message_id}
        if self._secret:
            moment = str(int(clock.now().timestamp()))
            signature = hmac.new(self._secret, moment.encode() + b"." + body, hashlib.sha256).hexdigest()
            headers["X-MediMeet-Signature"] = f"t={moment},sha256={signature}"
        _post(self._url, data=body, headers=headers)


class Twilio:
    """Twilio's Messages resource."""

    def __init__(self, account_id: str, token: str, *, sender: str, address: str = TWILIO) -> None:
        self._credentials = (account_id, token)
        self._sender = sender
        self._url = f"{address}/2010-04-01/Accounts/{account_id}/Messages.json"

    def send(self, sms: Sms) -> None:
        form = {"To": sms.to, "From": self._sender, "Body": sms.body}
        _post(self._url, data=form, auth=self._credentials)


def _post(
    url: str,
    *,
    data: bytes | dict[str, str],
    headers: dict[str, str] | None = None,
    auth: tuple[str, str] | None = None,
) -> None:
    try:
        with CutLine(lambda: False, SENDING_SECONDS) as line:  # also where the answer comes byte by byte
            answer = line.session.post(
                url,
                data=data,
                headers=headers,
                auth=auth,
                timeout=(_CONNECT_SECONDS, _ANSWER_SECONDS),
                allow_redirects=False,
                stream=True,
            )
            answer.close()
    except requests.RequestException as error:
        raise _unanswered(error) from error
    _judge(answer.status_code)


def _unanswered(error: requests.RequestException) -> TryLater | MaybeSent:
    """Whether the message was still here when the connection failed."""
    cause = error.args[0] if error.args else None
    never_connected = isinstance(error, requests.ConnectTimeout) or isinstance(cause, MaxRetryError)
    if isinstance(error, requests.ConnectionError) and never_connected:
        return TryLater("The SMS gateway can't be reached.", is_down=True)
    if isinstance(error, requests.Timeout | requests.ConnectionError) or isinstance(cause, ProtocolError):
        return MaybeSent("The SMS gateway gave no answer; the message may have arrived.")
    return TryLater(f"The SMS gateway can't be used: {type(error).__name__}.", is_down=True)


def _judge(status: int) -> None:
    """Passes an answer of success; raises what another one means. Only 400 and 422 are about this one message."""
    if 200 <= status < 300:
        return
    if status in {400, 422}:
        raise Refused(f"The SMS gateway refused this message ({status}).")
    if status in {502, 504}:
        raise MaybeSent(f"The SMS gateway gave no answer ({status}); the message may have arrived.")
    raise TryLater(f"The SMS gateway answered {status}.", is_down=status in {301, 302, 307, 308, 401, 403, 404})
