#!/usr/bin/env bash
# check-state-bucket.sh STACK...
# Refuses a synthesised stack whose state would be local, since a runner forgets it, or whose bucket cannot be read.
set -euo pipefail

for stack in "$@"; do
  file=cdktf.out/stacks/$stack/cdk.tf.json
  if [[ ! -f $file ]]; then
    echo "::error::There is no stack $stack: $file is missing after npx cdktf synth."
    exit 1
  fi
  bucket=$(jq -r '.terraform.backend.s3.bucket // empty' "$file")
  if [[ -z $bucket ]]; then
    echo "::error::The stack $stack names no state bucket, and a runner forgets local state: set stateBucket in infra/environments, or SLIPWAY_STATE_BUCKET."
    exit 1
  fi
  if ! answer=$(aws s3api head-bucket --bucket "$bucket" 2>&1); then
    echo "::error::The state bucket $bucket of the stack $stack cannot be read (${answer//$'\n'/ }). Where it does not exist yet, run once on a laptop: npx cdktf apply state"
    exit 1
  fi
done
