# MediMeet for `docker compose up` (compose.yaml) or any other host of containers.
# The first stage installs, the second only runs: no pip cache, no compiler, no user with rights.

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
WORKDIR /opt/medimeet
# The libraries change seldom: they are a layer of their own, made from the lines that name them.
COPY setup.cfg pyproject.toml constraints.txt README.md LICENSE ./
RUN mkdir medimeet && touch medimeet/__init__.py \
    && /opt/venv/bin/pip install --constraint constraints.txt --editable .
COPY . .
RUN /opt/venv/bin/pip install --no-deps --editable . \
    && /opt/venv/bin/pip uninstall --yes setuptools pip \
    && python -m compileall -q /opt/medimeet/medimeet /opt/venv/lib

FROM python:3.11-slim-bookworm
# pg_dump and pg_restore, for `flask backup` and `flask restore`: version 15, as the server in compose.yaml.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin medimeet \
    && install --directory --owner 10001 --group 10001 --mode 700 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/medimeet /opt/medimeet
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MEDIMEET_DATA_DIR=/data \
    MEDIMEET_HOST=0.0.0.0 \
    MEDIMEET_PORT=8000
WORKDIR /opt/medimeet
USER 10001:10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
# The root may be mounted read-only; what is written goes to /data, /tmp and /dev/shm.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["flask"]
CMD ["serve", "--migrate"]
