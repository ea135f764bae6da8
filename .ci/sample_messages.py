"""Names up to N message files of each type and strategy, spread over the run. Usage: sample_messages.py DIR N"""

import sys
from collections import defaultdict
from pathlib import Path

folder, most = Path(sys.argv[1]), int(sys.argv[2])
groups = defaultdict(list)
for path in sorted(folder.rglob("*.xml")):
    kind = path.stem.split("-", 1)[1]
    groups[path.parent, kind].append(path)
if not groups:
    sys.exit(f"no messages in {folder}")
for paths in groups.values():
    stride = max(1, len(paths) / most)
    for path in dict.fromkeys(paths[int(k * stride)] for k in range(min(most, len(paths)))):
        print(path)
