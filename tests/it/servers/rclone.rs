//! rclone: somebody else's client of most providers.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use super::{Process, folder, free_port, tools::beside_python};

/// Serves S3 from an empty folder: of what is missing it says so, where SeaweedFS makes a bucket or denies access.
pub struct RcloneS3 {
    pub port: u16,
    _process: Process,
}

impl RcloneS3 {
    pub fn start(key: &str, secret: &str) -> Self {
        let (folder, port) = (folder(), free_port());
        std::fs::create_dir(folder.join("data")).unwrap();
        let mut server = Command::new(beside_python("rclone"));
        server.args(["--config", "/dev/null", "serve", "s3"]).arg(folder.join("data"));
        server.args(["--addr", &format!("127.0.0.1:{port}"), "--auth-key", &format!("{key},{secret}")]);
        let ready = move || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok();
        Self { port, _process: Process::start(folder, &server, "TERM", ready) }
    }

    /// Its address.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

/// A place at a provider, as rclone sees it.
#[derive(Clone)]
pub struct Rclone {
    settings: Vec<(String, String)>,
    root: String,
}

impl Rclone {
    /// The folder `root` of a remote with these settings.
    pub fn new(settings: &[(&str, &str)], root: &str) -> Self {
        let settings =
            settings.iter().map(|(name, value)| (format!("RCLONE_CONFIG_THERE_{name}"), (*value).to_owned()));
        Self { settings: settings.collect(), root: root.to_owned() }
    }

    /// A folder in it.
    pub fn folder(&self, name: &str) -> Self {
        let root = [&*self.root, name.trim_matches('/')].into_iter().filter(|part| !part.is_empty());
        Self { settings: self.settings.clone(), root: root.collect::<Vec<_>>().join("/") }
    }

    /// Makes the folder, and says whether that worked.
    pub fn make(&self) -> bool {
        self.run(&["mkdir", &self.at("")], &[]).status.success()
    }

    /// What lies there under a name; None if nothing does.
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        let output = self.run(&["cat", &self.at(name)], &[]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() || said.contains("not found"), "{said}");
        // Of what is not there nothing is shown either.
        let there = || !self.run(&["lsf", "--files-only", &self.at(name)], &[]).stdout.is_empty();
        (output.status.success() && (!output.stdout.is_empty() || there())).then_some(output.stdout)
    }

    /// Puts something there under a name.
    pub fn write(&self, name: &str, bytes: &[u8]) {
        let output = self.run(&["rcat", &self.at(name)], bytes);
        assert!(output.status.success(), "{output:?}");
    }

    /// The name of the bucket.
    pub fn bucket(&self) -> String {
        self.root.split('/').next().unwrap_or_default().to_owned()
    }

    /// Removes what lies there under a name.
    pub fn delete(&self, name: &str) {
        let output = self.run(&["deletefile", &self.at(name)], &[]);
        assert!(output.status.success(), "{output:?}");
    }

    /// All that lies there, folders and all.
    pub fn list(&self) -> Vec<String> {
        let output = self.run(&["lsf", "--recursive", "--files-only", &self.at("")], &[]);
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    /// The ids of multipart uploads that are neither completed nor aborted, in the whole bucket.
    pub fn uploads(&self) -> Vec<String> {
        let bucket = self.bucket();
        let output = self.run(&["backend", "list-multipart-uploads", &format!("there:{bucket}")], &[]);
        assert!(output.status.success(), "{output:?}");
        let uploads: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let uploads = uploads[&bucket].as_array().cloned().unwrap_or_default();
        uploads.iter().map(|upload| upload["Key"].as_str().unwrap_or_default().to_owned()).collect()
    }

    fn at(&self, name: &str) -> String {
        format!("there:{}", self.folder(name).root)
    }

    fn run(&self, arguments: &[&str], input: &[u8]) -> Output {
        let mut command = Command::new(beside_python("rclone"));
        command.args(["--config", "/dev/null", "--retries", "1", "--low-level-retries", "1"]).args(arguments);
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("rclone is needed");
        child.stdin.take().unwrap().write_all(input).unwrap();
        child.wait_with_output().unwrap()
    }
}
