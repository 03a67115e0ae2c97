#!/usr/bin/env bash
# Builds the app once and pushes it under its commit, or finds the image that has the tag already, as when a job is
# repeated. Prints the image by its digest; all else goes to standard error. Needs credentials that may push.
#   REPOSITORY_URL  the ECR repository, as HOST/NAME
#   GIT_SHA         the commit: the image's tag
#   RELEASE         what /version shows
set -euo pipefail

: "${REPOSITORY_URL:?set it to HOST/NAME of the ECR repository}"
: "${GIT_SHA:?set it to the commit}"
: "${RELEASE:=$GIT_SHA}"
export GIT_SHA RELEASE
registry=${REPOSITORY_URL%%/*} repository=${REPOSITORY_URL#*/} image=$REPOSITORY_URL:$GIT_SHA
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT

digest_of_tag() {
  aws ecr describe-images --repository-name "$repository" --image-ids "imageTag=$GIT_SHA" \
    --query 'imageDetails[0].imageDigest' --output text
}

if digest=$(digest_of_tag 2> "$errors"); then
  echo "$repository has an image with the tag $GIT_SHA: it is used, and nothing is built." >&2
elif grep -q ImageNotFoundException "$errors"; then
  aws ecr get-login-password | docker login --username AWS --password-stdin "$registry" >&2
  # An attestation would make the digest that of an index, whose entries have no tag of their own.
  BUILDX_NO_DEFAULT_ATTESTATIONS=1 docker build --file app/Dockerfile --tag "$image" \
    --build-arg GIT_SHA --build-arg RELEASE . >&2
  docker push "$image" >&2
  digest=$(digest_of_tag)
else
  echo "Cannot look for the tag $GIT_SHA in the repository $repository:" >&2
  cat "$errors" >&2
  exit 1
fi

if [[ ! $digest =~ ^sha256:[0-9a-f]{64}$ ]]; then
  echo "The digest of $image is \"$digest\": expected sha256: and 64 hex digits." >&2
  exit 1
fi
echo "$REPOSITORY_URL@$digest"
