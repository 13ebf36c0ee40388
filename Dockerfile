# tal in a container: docker build -t tal . && docker run --rm -v "$PWD:/data" tal doctor
FROM swift:6.2-bookworm AS build
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
WORKDIR /src
COPY scripts/bootstrap scripts/bootstrap
# hadolint ignore=DL3008
RUN scripts/bootstrap \
    && apt-get update \
    && apt-get install -y --no-install-recommends dpkg-dev fakeroot libcurl4-openssl-dev python3 \
    && rm -rf /var/lib/apt/lists/*
COPY . .
RUN scripts/package --only deb

FROM debian:12-slim
COPY --from=build /src/dist/*.deb /tmp/
# The packages are those of the release; the deb says which versions it needs.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends /tmp/*.deb \
    && rm -rf /var/lib/apt/lists/* /tmp/*.deb \
    && useradd --create-home --uid 1000 tal \
    && install -d -o tal -g tal /data
USER 1000
VOLUME /data
WORKDIR /data
ENTRYPOINT ["/usr/bin/tal"]
CMD ["--help"]
