# One image for every Airflow process; docker-compose.yaml sets the command.

# The chart library of the Ads page, with a pinned checksum. npm is needed for nothing else.
FROM node:22.12.0-bookworm-slim AS charts
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends python3 && rm -rf /var/lib/apt/lists/*
COPY plugins/adsync/dashboard/web/uplot.py /page/
RUN python3 /page/uplot.py

FROM python:3.11.14-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    PYTHONPATH=/srv/adsync/plugins \
    PATH=/srv/venv/bin:$PATH \
    DBT_SEND_ANONYMOUS_USAGE_STATS=false \
    DO_NOT_TRACK=1

RUN useradd --uid 10001 --create-home adsync \
    && install -d -o adsync /srv/adsync /srv/airflow /srv/logs /srv/sandbox /srv/state /srv/venv

USER adsync
WORKDIR /srv/adsync

# The locked packages first: a changed DAG does not reinstall them.
COPY --chown=adsync requirements.txt ./
RUN python -m venv /srv/venv \
    && pip install --no-cache-dir "$(sed -n 's/^\(uv==[^ ;]*\).*/\1/p' requirements.txt)" \
    && uv pip sync --no-cache --python /srv/venv/bin/python requirements.txt

COPY --chown=adsync plugins plugins
COPY --chown=adsync --from=charts /page/library plugins/adsync/dashboard/web/library
COPY --chown=adsync dags dags
COPY --chown=adsync dbt_project dbt_project
# Airflow forks for every task; compiled modules halve its start.
RUN python -m compileall -q -j 2 /srv/venv/lib plugins dags >/dev/null || true

CMD ["airflow", "version"]
