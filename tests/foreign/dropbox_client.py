"""Dropbox's own client. Each line of the input is a request in JSON, [what, path, file], and is answered by a line of it.

    read PATH FILE     downloads into FILE; answers false if nothing is there
    write PATH FILE    uploads FILE
    list PATH          all paths in a folder and below
"""

import json
import sys

import dropbox
from dropbox.exceptions import ApiError

client = dropbox.Dropbox(oauth2_access_token="long-lived")
for line in sys.stdin:
    what, path, file = json.loads(line)
    answer = True
    if what == "read":
        try:
            client.files_download_to_file(file, path)
        except ApiError as error:
            if not (error.error.is_path() and error.error.get_path().is_not_found()):
                raise
            answer = False
    elif what == "write":
        with open(file, "rb") as content:
            client.files_upload(content.read(), path, mode=dropbox.files.WriteMode.overwrite)
    else:
        found = client.files_list_folder(path, recursive=True).entries
        answer = [entry.path_display for entry in found if isinstance(entry, dropbox.files.FileMetadata)]
    print(json.dumps(answer), flush=True)
