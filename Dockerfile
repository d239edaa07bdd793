FROM rust:1.95 AS build
WORKDIR /trailwatch
COPY . .
RUN cargo build --release --locked

FROM debian:trixie-slim
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 1000 --create-home trailwatch && install --directory --owner trailwatch --mode 0700 /var/lib/trailwatch
COPY --from=build /trailwatch/target/release/trailwatch /usr/local/bin/
# The config is /etc/trailwatch/config.toml, and what must outlive the container is in /var/lib/trailwatch.
ENV XDG_CONFIG_HOME=/etc XDG_STATE_HOME=/var/lib
VOLUME /var/lib/trailwatch
USER trailwatch
ENTRYPOINT ["trailwatch"]
CMD ["watch"]
