"""Makes a certificate for 127.0.0.1 by a CA of its own: certificate.py FOLDER writes ca.pem, server.pem and server.key."""

import datetime
import ipaddress
import pathlib
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

FOLDER = pathlib.Path(sys.argv[1])
NOW = datetime.datetime.now(datetime.timezone.utc)


def name(text):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def builder(subject, issuer, key):
    building = x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer)).public_key(key.public_key())
    building = building.serial_number(x509.random_serial_number()).not_valid_before(NOW - datetime.timedelta(days=1))
    return building.not_valid_after(NOW + datetime.timedelta(days=30))


ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
ca = builder("Test CA", "Test CA", ca_key).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
usage = {use: False for use in ("digital_signature content_commitment key_encipherment data_encipherment key_agreement "
                                "encipher_only decipher_only").split()}
ca = ca.add_extension(x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True)
ca = ca.add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
ca = ca.sign(ca_key, hashes.SHA256())
server = builder("127.0.0.1", "Test CA", key)
server = server.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
server = server.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
server = server.add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
server = server.sign(ca_key, hashes.SHA256())
PEM = serialization.Encoding.PEM
(FOLDER / "ca.pem").write_bytes(ca.public_bytes(PEM))
(FOLDER / "server.pem").write_bytes(server.public_bytes(PEM))
form = serialization.PrivateFormat.PKCS8
(FOLDER / "server.key").write_bytes(key.private_bytes(PEM, form, serialization.NoEncryption()))
