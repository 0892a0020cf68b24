"""A real OpenStack Swift on the loopback, all in one: a device, a replica, tempauth; and Rackspace's Identity before it.

    swift_server.py FOLDER LARGEST_OBJECT IDENTITY_PORT PROXY_PORT OBJECT_PORT CONTAINER_PORT ACCOUNT_PORT

Users: `exporter` and `lapsing` with the password `swift-password` may do everything, `reader` with `reader-password`
nothing. Ends its servers when it is ended. FOLDER/ready is there when it is ready.
"""

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request

import rackspace_identity

HERE, FOLDER, LARGEST = os.path.dirname(os.path.abspath(__file__)), sys.argv[1], sys.argv[2]
IDENTITY, PROXY, OBJECT, CONTAINER, ACCOUNT = map(int, sys.argv[3:])

# Swift reads its limits from one file, of a fixed name, when it is imported: it is told of ours before.
START = """
import importlib, sys, swift.common.utils as utils
utils.SWIFT_CONF_FILE, module = sys.argv.pop(1), sys.argv.pop(1)
sys.exit(importlib.import_module(module).main())
"""
SWIFT = f"""
[swift-hash]
swift_hash_path_suffix = suffix
swift_hash_path_prefix = prefix
[storage-policy:0]
name = default
default = yes
[swift-constraints]
max_file_size = {LARGEST}
"""
COMMON = f"""
bind_ip = 127.0.0.1
swift_dir = {FOLDER}
workers = 0
log_address = {FOLDER}/no-log
disable_fallocate = true
# Half a second, its own, is too short for a busy machine; and one slow answer is no reason to shun the only device.
conn_timeout = 15
node_timeout = 60
recoverable_node_timeout = 60
error_suppression_limit = 1000000
"""
FILTERS = "catch_errors gatekeeper healthcheck listing_formats bulk copy slo".split()
PROXY_SERVER = f"""
[DEFAULT]
bind_port = {PROXY}
{COMMON}
[pipeline:main]
pipeline = catch_errors faults gatekeeper healthcheck cache listing_formats bulk tempauth copy slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
allow_account_management = true
[filter:faults]
paste.filter_factory = swift_filters:faults
[filter:cache]
paste.filter_factory = swift_filters:cache
[filter:tempauth]
use = egg:swift#tempauth
reseller_prefix = MossoCloudFS
user_exports_exporter = swift-password .admin
user_exports_lapsing = swift-password .admin
user_exports_reader = reader-password
""" + "\n".join(f"[filter:{name}]\nuse = egg:swift#{name}" for name in FILTERS) + "\n"


def write(name, text):
    with open(os.path.join(FOLDER, name), "w", encoding="utf-8") as file:
        file.write(text)


def back_end(name, port):
    devices = os.path.join(FOLDER, "devices")
    os.makedirs(os.path.join(devices, "one"), exist_ok=True)
    more = f"devices = {devices}\nmount_check = false"
    app = f"[pipeline:main]\npipeline = {name}-server\n[app:{name}-server]\nuse = egg:swift#{name}\n"
    write(f"{name}-server.conf", f"[DEFAULT]\nbind_port = {port}\n{COMMON}\n{more}\n{app}")


def rings():
    """Written by Swift's own builder, in a process of its own: it too reads the file of a fixed name."""
    code = """
import sys, swift.common.utils as utils
utils.SWIFT_CONF_FILE = sys.argv[1] + "/swift.conf"
from swift.common.ring import RingBuilder
for spec in sys.argv[2:]:
    name, port = spec.split(":")
    builder, address = RingBuilder(4, 1, 1), {"ip": "127.0.0.1", "port": int(port)}
    device = {"region": 1, "zone": 1, "device": "one", "weight": 1.0, "meta": ""}
    builder.add_dev(device | address | {"replication_" + key: value for key, value in address.items()})
    builder.rebalance()
    builder.get_ring().save(f"{sys.argv[1]}/{name}.ring.gz")
"""
    names = [f"object:{OBJECT}", f"container:{CONTAINER}", f"account:{ACCOUNT}"]
    subprocess.run([sys.executable, "-c", code, FOLDER, *names], check=True)


def start(module, name):
    arguments = [os.path.join(FOLDER, "swift.conf"), module, os.path.join(FOLDER, f"{name}-server.conf")]
    return subprocess.Popen([sys.executable, "-c", START, *arguments], env=os.environ | {"PYTHONPATH": HERE})


def wait_until_it_answers():
    headers = {"X-Auth-User": "exports:exporter", "X-Auth-Key": "swift-password"}
    while True:
        try:
            request = urllib.request.Request(f"http://127.0.0.1:{PROXY}/auth/v1.0", headers=headers)
            with urllib.request.urlopen(request) as answer:
                url, token = answer.headers["X-Storage-Url"], answer.headers["X-Auth-Token"]
            with urllib.request.urlopen(urllib.request.Request(url, headers={"X-Auth-Token": token})):
                return
        except OSError:
            time.sleep(0.05)


def main():
    write("swift.conf", SWIFT)
    write("proxy-server.conf", PROXY_SERVER)
    for name, port in (("object", OBJECT), ("container", CONTAINER), ("account", ACCOUNT)):
        back_end(name, port)
    rings()
    modules = {"account": "account", "container": "container", "object": "obj", "proxy": "proxy"}
    servers = [start(f"swift.{module}.server", name) for name, module in modules.items()]

    def end(*_):
        for server in servers:
            server.kill()
        for server in servers:
            server.wait()
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    wait_until_it_answers()
    threading.Thread(target=rackspace_identity.serve, args=(IDENTITY, f"http://127.0.0.1:{PROXY}"), daemon=True).start()
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{IDENTITY}/")
        except urllib.error.HTTPError:
            break
        except OSError:
            time.sleep(0.05)
    write("ready", "")
    threading.Event().wait()


main()
