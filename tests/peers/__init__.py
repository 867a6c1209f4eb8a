"""Servers on real ports that stand for what MediMeet talks to, with every fault of theirs."""
