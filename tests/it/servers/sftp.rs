//! Private SFTP servers: OpenSSH, and rclone's, which is written in Go and behaves differently in much.

use std::{
    net::TcpStream,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use carryall::{
    secret::Secret,
    storage::{
        Network,
        sftp::{Sftp, SftpSettings},
    },
};

use super::{Process, command, folder, free_port, tools::beside_python};

/// Who signs in.
pub const USER: &str = "exporter";
/// The password: with what a shell or an address would trip over.
pub const PASSWORD: &str = "s3cret $'\"/@%?";

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// OpenSSH, by password.
    OpenSsh,
    /// OpenSSH, by keyboard-interactive alone.
    Interactive,
    /// OpenSSH without its extensions of the protocol.
    Plain,
    /// OpenSSH on a disk of 2 MB, which only it sees.
    Small,
    /// rclone.
    Rclone,
}

/// A server.
pub struct SftpServer {
    pub port: u16,
    folder: PathBuf,
    _process: Process,
}

impl SftpServer {
    /// The server of a kind that the tests share. It ends with the test process.
    pub fn shared(kind: Kind) -> &'static Self {
        static SHARED: [OnceLock<SftpServer>; 5] = [const { OnceLock::new() }; 5];
        SHARED[kind as usize].get_or_init(|| Self::start(kind))
    }

    /// A server of a test's own.
    pub fn start(kind: Kind) -> Self {
        let (folder, port) = (folder(), free_port());
        std::fs::write(folder.join("password"), PASSWORD).unwrap();
        let script = folder.join("serve.sh");
        let server = match kind {
            Kind::Rclone => {
                std::fs::write(&script, include_str!("../../servers/rclone-sftp.sh")).unwrap();
                let mut server = Command::new("sh");
                server.arg(script).arg(beside_python("rclone")).arg(port.to_string());
                server
            }
            _ => {
                std::fs::write(&script, include_str!("../../servers/openssh.sh")).unwrap();
                let mut server = command(Path::new("sh"));
                server.arg(script).arg(port.to_string()).arg(match kind {
                    Kind::Interactive => "interactive",
                    Kind::Plain => "plain",
                    Kind::Small => "small",
                    _ => "password",
                });
                server
            }
        };
        let ready = || TcpStream::connect(("127.0.0.1", port)).is_ok();
        let process = Process::start(folder.clone(), &server, "TERM", ready);
        Self { port, folder, _process: process }
    }

    /// The path on this machine of what a session starts in.
    pub fn home(&self) -> PathBuf {
        self.folder.join("home")
    }

    /// What the server has logged.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap()
    }

    /// The fingerprint of a host key of OpenSSH, as OpenSSH prints it.
    pub fn fingerprint(&self, kind: &str) -> String {
        let key = self.folder.join(format!("host_{kind}.pub"));
        let output = Command::new("ssh-keygen").arg("-l").arg("-f").arg(key).output().unwrap();
        String::from_utf8(output.stdout).unwrap().split(' ').nth(1).unwrap().to_owned()
    }

    /// What is set to reach it.
    pub fn settings(&self, base_path: &str) -> SftpSettings {
        SftpSettings {
            host: "127.0.0.1".into(),
            port: self.port,
            username: USER.into(),
            password: Secret::new(PASSWORD),
            base_path: base_path.into(),
            host_key_fingerprint: None,
        }
    }

    /// A folder there.
    pub fn storage(&self, base_path: &str) -> Sftp {
        open(self.settings(base_path))
    }

    /// Runs commands of OpenSSH's `sftp` there; returns what it printed.
    pub fn foreign(&self, batch: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let (ask, commands) = (folder.path().join("ask.sh"), folder.path().join("batch"));
        std::fs::write(&ask, "#!/bin/sh\ncat \"$0.password\"\n").unwrap();
        std::fs::write(folder.path().join("ask.sh.password"), PASSWORD).unwrap();
        std::fs::set_permissions(&ask, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
        std::fs::write(&commands, batch).unwrap();
        let mut sftp = Command::new("sftp");
        sftp.args(["-q", "-oBatchMode=no", "-oStrictHostKeyChecking=no", "-oUserKnownHostsFile=/dev/null"]);
        sftp.args(["-P", &self.port.to_string()]).arg("-b").arg(&commands).arg(format!("{USER}@127.0.0.1"));
        sftp.env("SSH_ASKPASS", &ask).env("SSH_ASKPASS_REQUIRE", "force").current_dir(folder.path());
        let output = sftp.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }
}

/// What these settings open, on this machine.
pub fn open(settings: SftpSettings) -> Sftp {
    Sftp::new(settings, &Network { allow_loopback: true, ..Network::default() }).unwrap()
}
