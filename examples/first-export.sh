#!/usr/bin/env bash
# The main job, by curl: creates an export, waits for it, downloads the archive, and opens it with 7-Zip.
#   CARRYALL_URL=http://127.0.0.1:8080 CARRYALL_TOKEN=carryall_… first-export.sh [FOLDER]
# Neither the token nor the password stands in an argument, where others on the machine could read it.
set -euo pipefail
folder=${1:-.}

graphql() { # OPERATION
  curl --silent --show-error --fail-with-body --config - "$CARRYALL_URL/graphql" \
    --header 'Content-Type: application/json' --data "{\"query\": \"${1//\"/\\\"}\"}" <<<"header = \"Authorization: Bearer $CARRYALL_TOKEN\""
}
field() { # NAME < ANSWER
  sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"
}

id=$(graphql 'mutation { createDataExport(input: {name: "First export"}) { dataExport { id } } }' | field id)
echo "Created the export $id"

answer=
until [[ $answer == *COMPLETED* ]]; do
  sleep 0.5
  answer=$(graphql "{ dataExport(id: \"$id\") { status fileName filePassword downloadUrl failure { message } } }")
  [[ $answer != *FAILED* ]] || { echo "$answer" >&2; exit 1; }
done

archive=$folder/$(field fileName <<<"$answer")
password=$(field filePassword <<<"$answer")
curl --silent --show-error --fail --output "$archive" --config - <<<"url = \"$(field downloadUrl <<<"$answer")\""
echo "Downloaded $archive, $(wc -c <"$archive") bytes; its password is $password"

7z t "$archive" <<<"$password" >/dev/null
echo "7-Zip opens it and finds everything in order:"
7z l -ba "$archive"
