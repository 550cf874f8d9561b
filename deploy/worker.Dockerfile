# The worker as one native binary. It belongs on people's PCs; in a container it is good for demonstrations and for build machines.
#   docker build -f deploy/worker.Dockerfile -t openclaw-worker .
ARG SDK=mcr.microsoft.com/dotnet/sdk:10.0
ARG RUNTIME=mcr.microsoft.com/dotnet/runtime-deps:10.0

FROM ${SDK} AS build
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
RUN apt-get update && apt-get install -y --no-install-recommends clang zlib1g-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src/Protocol/Protocol.csproj src/Protocol/packages.lock.json src/Protocol/
COPY src/Worker.FileSystems/Worker.FileSystems.csproj src/Worker.FileSystems/packages.lock.json src/Worker.FileSystems/
COPY src/Worker.Processes/Worker.Processes.csproj src/Worker.Processes/packages.lock.json src/Worker.Processes/
COPY src/Worker/Worker.csproj src/Worker/packages.lock.json src/Worker/
RUN arch=$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/') && echo "linux-$arch" > /rid \
    && dotnet restore src/Worker -r "$(cat /rid)" -p:PublishAot=true
COPY src/Protocol/ src/Protocol/
COPY src/Worker.FileSystems/ src/Worker.FileSystems/
COPY src/Worker.Processes/ src/Worker.Processes/
COPY src/Worker/ src/Worker/
RUN dotnet publish src/Worker -c Release --no-restore -r "$(cat /rid)" -p:PublishAot=true -p:StripSymbols=true -o /out \
    && rm -f /out/*.dbg /out/*.pdb /out/*.xml && mkdir /home/worker

FROM ${RUNTIME}
COPY --from=build /out/openclaw-worker /usr/local/bin/
# Its journal and spool: a volume there lets results survive the container.
COPY --from=build --chown=1654:1654 /home/worker /home/worker
ENV HOME=/home/worker OPENCLAW_WORKER_HOME=/home/worker/openclaw
USER 1654
WORKDIR /home/worker
ENTRYPOINT ["/usr/local/bin/openclaw-worker"]
