"""What a Dropbox account does: files under paths, upload sessions, revisions.

Arguments and answers are of the types that Dropbox generates from its API's specification (the package `dropbox`).
"""

import datetime
import os
import secrets
import shutil

from dropbox import files
from dropbox.content_hash import DropboxContentHasher


class Refused(Exception):
    """The error of a route: status 409."""


class Malformed(Exception):
    """Said in plain text: status 400."""


def content_hash(path):
    hasher = DropboxContentHasher()
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            hasher.update(piece)
    return hasher.hexdigest()


class Account:
    """Files are kept in `folder` under names of no meaning; `tree` knows them by their paths in lower case."""

    def __init__(self, folder, largest_request, quota):
        self.folder, self.largest_request, self.quota = folder, largest_request, quota
        self.tree, self.kept, self.sessions = {}, {}, {}

    def routes(self):
        return {
            "files/upload": self.upload,
            "files/upload_session/start": self.start,
            "files/upload_session/append_v2": self.append,
            "files/upload_session/finish": self.finish,
            "files/get_metadata": self.get_metadata,
            "files/list_folder": self.list_folder,
            "files/delete_v2": self.delete,
        }

    def new_file(self):
        return os.path.join(self.folder, secrets.token_hex(12))

    def upload(self, argument, body):
        self.check_body(argument, body, files.UploadError)
        result = self.commit(argument, body)
        if isinstance(result, files.WriteError):
            failed = files.UploadWriteFailed(reason=result, upload_session_id="pid_upload_session:" + secrets.token_urlsafe(16))
            raise Refused(files.UploadError.path(failed))
        return result

    def start(self, argument, body):
        self.check_body(argument, body, files.UploadSessionStartError)
        session = "pid_upload_session_" + secrets.token_urlsafe(16)
        self.sessions[session] = self.new_file()
        shutil.copyfile(body, self.sessions[session])
        return files.UploadSessionStartResult(session_id=session)

    def append(self, argument, body):
        self.check_body(argument, body, files.UploadSessionAppendError)
        self.add(argument.cursor, body, files.UploadSessionAppendError, lambda error: error)

    def finish(self, argument, body):
        error = files.UploadSessionFinishError
        self.check_body(argument, body, error)
        content = self.add(argument.cursor, body, files.UploadSessionLookupError, error.lookup_failed)
        result = self.commit(argument.commit, content)
        if isinstance(result, files.WriteError):
            raise Refused(error.path(result))
        del self.sessions[argument.cursor.session_id]
        return result

    def check_body(self, argument, body, error):
        if os.path.getsize(body) > self.largest_request:
            raise Refused(error.payload_too_large)
        if argument.content_hash and argument.content_hash != content_hash(body):
            raise Refused(error.content_hash_mismatch)

    def add(self, cursor, body, error, wrap):
        content = self.sessions.get(cursor.session_id)
        if content is None:
            raise Refused(wrap(error.not_found))
        size = os.path.getsize(content)
        if size != cursor.offset:
            raise Refused(wrap(error.incorrect_offset(files.UploadSessionOffsetError(correct_offset=size))))
        with open(content, "ab") as out, open(body, "rb") as piece:
            shutil.copyfileobj(piece, out)
        return content

    def commit(self, info, source):
        """Puts the file `source` in its place; gives its metadata, or a WriteError."""
        path, size, there = info.path, os.path.getsize(source), self.tree.get(info.path.lower())
        if not well_formed(path):
            return files.WriteError.malformed_path(None)
        used = sum(entry.size for entry in self.tree.values() if isinstance(entry, files.FileMetadata))
        if used + size > self.quota:
            return files.WriteError.insufficient_space
        conflict = self.make_folders(path.rsplit("/", 1)[0])
        if isinstance(there, files.FolderMetadata):
            conflict = files.WriteConflictError.folder
        elif there is not None and not info.mode.is_overwrite():
            conflict = files.WriteConflictError.file
        if conflict:
            return files.WriteError.conflict(conflict)
        kept, now = self.new_file(), datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0, tzinfo=None)
        os.replace(source, kept)
        if there is not None:
            os.remove(self.kept[path.lower()])
        metadata = files.FileMetadata(
            name=path.rsplit("/", 1)[1], id="id:" + secrets.token_urlsafe(16), client_modified=now, server_modified=now,
            rev="0" + secrets.token_hex(12), size=size, path_lower=path.lower(), path_display=path,
            content_hash=content_hash(kept), is_downloadable=True,
        )
        self.tree[path.lower()], self.kept[path.lower()] = metadata, kept
        return metadata

    def make_folders(self, path):
        """Makes the folder and those above it; a file in the way is a conflict."""
        there = self.tree.get(path.lower())
        if not path or isinstance(there, files.FolderMetadata):
            return None
        if there is not None:
            return files.WriteConflictError.file_ancestor
        above, name = path.rsplit("/", 1)
        conflict = self.make_folders(above)
        if not conflict:
            metadata = files.FolderMetadata(name=name, path_lower=path.lower(), path_display=path, id="id:" + secrets.token_urlsafe(16))
            self.tree[path.lower()] = metadata
        return conflict

    def lookup(self, path, error):
        if not well_formed(path):
            raise Refused(error(files.LookupError.malformed_path(None)))
        if path.lower() not in self.tree:
            raise Refused(error(files.LookupError.not_found))
        return self.tree[path.lower()]

    def get_metadata(self, argument, _body):
        if argument.path == "":
            raise Malformed("path: The root folder is unsupported.")
        return self.lookup(argument.path, files.GetMetadataError.path)

    def download(self, argument):
        metadata = self.lookup(argument.path, files.DownloadError.path)
        if not isinstance(metadata, files.FileMetadata):
            raise Refused(files.DownloadError.path(files.LookupError.not_file))
        with open(self.kept[argument.path.lower()], "rb") as file:
            return metadata, file.read()

    def list_folder(self, argument, _body):
        if argument.path:
            self.lookup(argument.path, files.ListFolderError.path)
        top = argument.path.lower() + "/"
        found = [entry for path, entry in self.tree.items() if path.startswith(top)]
        if not argument.recursive:
            found = [entry for entry in found if "/" not in entry.path_lower[len(top):]]
        return files.ListFolderResult(entries=found, cursor=secrets.token_urlsafe(24), has_more=False)

    def delete(self, argument, _body):
        metadata, path = self.lookup(argument.path, files.DeleteError.path_lookup), argument.path.lower()
        for below in [other for other in self.tree if other == path or other.startswith(path + "/")]:
            del self.tree[below]
            if below in self.kept:
                os.remove(self.kept.pop(below))
        return files.DeleteResult(metadata=metadata)


def well_formed(path):
    if path == "/":
        raise Malformed('path: Specify the root folder as an empty string rather than as "/".')
    return not any(part in ("", ".", "..") for part in path.split("/")[1:]) and len(path) <= 4096
