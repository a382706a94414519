# A container that reads captures and has no network (compose.yaml). Not built by the tests: they have no container engine.
FROM debian:12-slim AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends cargo-web gcc libc6-dev python3 python3-venv rustc-web \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY requirements.lock .
# Every package is checked against its hash here, and only these are used below.
RUN python3 -m venv /tools \
    && /tools/bin/pip wheel --quiet --no-deps --require-hashes --wheel-dir /wheels --requirement requirements.lock \
    && /tools/bin/pip install --quiet --no-index --find-links /wheels maturin
COPY . .
RUN /tools/bin/maturin build --release --locked --interpreter python3 --out /built \
    && python3 -m venv /opt/sentinel \
    && /opt/sentinel/bin/pip install --quiet --no-index --find-links /wheels /built/*.whl

FROM debian:12-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends python3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /state sentinel \
    && install -d -o sentinel /state
COPY --from=build /opt/sentinel /opt/sentinel
ENV PATH=/opt/sentinel/bin:$PATH XDG_STATE_HOME=/state PYTHONDONTWRITEBYTECODE=1
USER sentinel
VOLUME /state
ENTRYPOINT ["sentinel"]
CMD ["--help"]
