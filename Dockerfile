# syntax=docker/dockerfile:1
#
# The image of the webhook: Node, what `npm run build` made, and the production dependencies. No shell, no package
# manager, not root, nothing native: the same build serves amd64 and arm64.

FROM node:24-trixie-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY schemas ./schemas
COPY src ./src
RUN npm run build

# A stage of its own: a change of the sources does not install anything again.
FROM node:24-trixie-slim AS dependencies
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev

FROM gcr.io/distroless/nodejs24-debian13:nonroot
LABEL org.opencontainers.image.title="cilium-bulkhead" \
      org.opencontainers.image.description="Admission control that keeps one tenant's labels and policies from sinking a Cilium cluster" \
      org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
ENV NODE_ENV=production
COPY --from=dependencies /src/node_modules ./node_modules
COPY --from=build /src/dist ./dist
COPY package.json LICENSE NOTICE ./
COPY schemas ./schemas
COPY examples/demo-cluster ./examples/demo-cluster
USER 65532:65532
EXPOSE 8443 8080
# The entrypoint of the base image is node; Kubernetes probes the operations port, so there is no HEALTHCHECK.
CMD ["dist/cli/bin.js", "serve"]
