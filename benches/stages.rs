//! The stages that every byte of an export goes through, on one thread each, on the tables of the demo database: formatting,
//! deflate (beside zlib-rs, with the ratios, since speed alone says nothing), encryption, hashing.

use std::{error::Error, io::Write, path::Path};

use carryall::{
    archive::{ae2::Encryption, deflate::Encoder},
    demo,
    format::{Csv, FORMATS, Format, Observed},
    secret::Secret,
    source::{self, Chunk, Held, Lane, Table},
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use flate2::{Compression, write::DeflateEncoder};
use sha2::{Digest, Sha256};

const PIECE: usize = 1024 * 1024;
const WINDOW: usize = 32 * 1024;

/// All tables of the demo database.
async fn demo(folder: &Path) -> Result<Demo, Box<dyn Error>> {
    let database = folder.join("demo.db");
    demo::create(&database)?;
    let mut snapshot = source::open(&format!("sqlite:{}", database.display()))?.snapshot().await?;
    let tables = snapshot.contents().await?.tables;
    let mut reader = snapshot.readers(&tables, 1).await?.remove(0);
    let mut demo = Demo { tables: Vec::new(), csv: Vec::new() };
    for table in tables {
        let (lane, mut taken) = Lane::new();
        let read = async {
            let read = reader.read(&table, None, &lane).await;
            drop(lane);
            read
        };
        let gather = async {
            let mut chunks = Vec::new();
            while let Some(held) = taken.recv().await {
                chunks.push(held);
            }
            chunks
        };
        let (read, chunks) = tokio::join!(read, gather);
        read?;
        demo.tables.push((table, chunks));
    }
    let mut csv = Vec::new();
    demo.write(&Csv, &mut csv);
    demo.csv = csv;
    Ok(demo)
}

impl Demo {
    fn write(&self, format: &dyn Format, out: &mut Vec<u8>) {
        for (table, chunks) in &self.tables {
            let mut seen = vec![Observed::default(); table.columns.len()];
            format.begin(table, out);
            for held in chunks {
                if let Chunk::Rows(rows) = &held.chunk {
                    // What the demo database holds can be formatted.
                    let _ = format.rows(&table.columns, rows.as_ref(), &mut seen, out);
                }
            }
        }
    }
}

fn ours(encoder: &mut Encoder, data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    for place in (0..data.len()).step_by(PIECE) {
        let (from, end) = (place.saturating_sub(WINDOW), data.len().min(place + PIECE));
        encoder.piece(&data[from..end], place - from, end == data.len(), &mut out);
    }
    out
}

fn zlib_rs(level: u32, data: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(data.len()), Compression::new(level));
    // Writing into a Vec does not fail.
    let _ = encoder.write_all(data);
    encoder.finish().unwrap_or_default()
}

/// The demo database's tables, as its source hands them over.
struct Demo {
    tables: Vec<(Table, Vec<Held>)>,
    csv: Vec<u8>,
}

fn format(criterion: &mut Criterion, demo: &Demo) {
    let mut group = criterion.benchmark_group("format");
    group.throughput(Throughput::Bytes(demo.csv.len() as u64)).sample_size(10);
    for format in FORMATS {
        let mut out = Vec::with_capacity(demo.csv.len() * 4);
        group.bench_function(format.extension(), |bench| {
            bench.iter(|| {
                out.clear();
                demo.write(format, &mut out);
            });
        });
    }
}

fn deflate(criterion: &mut Criterion, data: &[u8]) {
    let mut group = criterion.benchmark_group("deflate");
    group.throughput(Throughput::Bytes(data.len() as u64)).sample_size(10);
    let mut encoder = Encoder::default();
    let sizes = [ours(&mut encoder, data).len(), zlib_rs(1, data).len(), zlib_rs(2, data).len()];
    let [mine, one, two] = sizes.map(|size| format!("{:.2}", data.len() as f64 / size as f64));
    group.bench_function(format!("ours, ratio {mine}"), |bench| bench.iter(|| ours(&mut encoder, data)));
    group.bench_function(format!("zlib-rs level 1, ratio {one}"), |bench| bench.iter(|| zlib_rs(1, data)));
    group.bench_function(format!("zlib-rs level 2, ratio {two}"), |bench| bench.iter(|| zlib_rs(2, data)));
}

fn encrypt_and_hash(criterion: &mut Criterion, data: &[u8]) {
    let mut group = criterion.benchmark_group("encrypt and hash");
    group.throughput(Throughput::Bytes(data.len() as u64)).sample_size(10);
    let mut copy = data.to_vec();
    let Ok((mut encryption, _)) = Encryption::begin(&Secret::new("correct horse battery")) else { return };
    group.bench_function("AE-2: AES-256-CTR and HMAC-SHA-1", |bench| bench.iter(|| encryption.encrypt(&mut copy)));
    group.bench_function("SHA-256", |bench| bench.iter(|| Sha256::digest(data)));
}

fn stages(criterion: &mut Criterion) {
    let Ok(folder) = tempfile::tempdir() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(Ok(demo)) = runtime.map(|runtime| runtime.block_on(demo(folder.path()))) else { return };
    format(criterion, &demo);
    deflate(criterion, &demo.csv);
    encrypt_and_hash(criterion, &demo.csv);
}

criterion_group!(benches, stages);
criterion_main!(benches);
