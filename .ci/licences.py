"""Every dependency's licence is on the list of deny.toml."""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

root = Path(__file__).resolve().parent.parent
allowed = set(tomllib.loads((root / "deny.toml").read_text())["licenses"]["allow"])


def acceptable(expression: str) -> bool:
    """Whether an SPDX expression can be met: any term of OR, every term of AND; AND binds closer, parentheses first."""
    tokens = expression.replace("/", " OR ").replace("(", " ( ").replace(")", " ) ").split()

    def either() -> bool:
        result = both()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            right = both()
            result = result or right
        return result

    def both() -> bool:
        result = term()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            right = term()
            result = result and right
        return result

    def term() -> bool:
        token = tokens.pop(0)
        if token == "(":
            result = either()
            tokens.pop(0)
            return result
        if tokens and tokens[0] == "WITH":
            tokens.pop(0)
            return f"{token} WITH {tokens.pop(0)}" in allowed
        return token in allowed

    return either()


command = ["cargo", "metadata", "--format-version", "1", "--locked", "--all-features"]
packages = json.loads(subprocess.run(command, cwd=root, check=True, capture_output=True).stdout)["packages"]
refused = [f"{p['name']} {p['version']}: {p['license']}" for p in packages if not acceptable(p["license"] or "none")]
print(f"{len(packages)} packages, {len(refused)} with a licence that deny.toml does not allow")
if refused:
    sys.exit("\n".join(refused))
