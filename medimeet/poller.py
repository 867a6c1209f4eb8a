"""The poller: has waiting messages sent, ends holds that are up, gives credits back that a dead worker took.

It runs beside the demo's server, or as `flask worker`. Any number may run at once: each message is claimed by one.
"""

import logging
import threading

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from medimeet.database_faults import trouble_of
from medimeet.errors import Busy
from medimeet.gateways.conversation_store import StoreAway
from medimeet.services import conversation_transfer, credits, delivery, heartbeats, holds, retention, sending_alarm

logger = logging.getLogger(__name__)

_PAUSE_AFTER_FAULT_SECONDS = 5.0
_PAUSE_WHILE_BUSY_SECONDS = 1.0


def run(app: Flask, stop_event: threading.Event) -> None:
    """Sends what is due until `stop_event` is set; then finishes the message at hand and gives the rest back.

    Raises ValueError at once for a gateway's address that can't be read; outlives every fault after that.
    """
    with app.app_context():
        through = delivery.gateways()
    while not stop_event.is_set():
        stop_event.wait(_round(app, through, stop_event))


def _round(app: Flask, through: delivery.Gateways, stop_event: threading.Event) -> float:
    """Ends due holds and sends one batch; answers how many seconds to wait before the next."""
    try:
        with app.app_context():
            heartbeats.beat(sending_alarm.POLLER)
            holds.end_all_due()
            credits.return_abandoned()
            taken = delivery.deliver_due(through, stop_event.is_set)
            _bring_conversations_over(stop_event)
            retention.clean_up_hourly(stop_event.is_set)
            return 0.0 if taken else float(app.config["POLLER_SECONDS"])
    except Busy:
        logger.warning("the poller waits: the database is busy")
        return _PAUSE_WHILE_BUSY_SECONDS
    except Exception as error:  # a poller that dies silently would lose everybody's messages
        if isinstance(error, SQLAlchemyError) and trouble_of(error) is not None:
            logger.warning("the poller waits: the database is away")
            return _PAUSE_WHILE_BUSY_SECONDS
        logger.exception("the poller waits after a fault")
    return _PAUSE_AFTER_FAULT_SECONDS


def _bring_conversations_over(stop_event: threading.Event) -> None:
    try:
        conversation_transfer.bring_over(stop_event.is_set)
    except StoreAway as error:
        logger.warning("conversations wait in the database: MongoDB is away: %s", error)
