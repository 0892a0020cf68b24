//! Our deflate beside zlib-rs, on one thread, on the CSV of the demo database. Prints the sizes too, since speed alone says
//! nothing.

use std::{error::Error, io::Write, path::Path};

use carryall::{
    archive::deflate::Encoder,
    demo,
    format::{Csv, Format},
    source,
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use flate2::{Compression, write::DeflateEncoder};
use tokio::sync::mpsc;

const PIECE: usize = 1024 * 1024;
const WINDOW: usize = 32 * 1024;

/// All tables of the demo database as CSV.
async fn demo_csv(folder: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let database = folder.join("demo.db");
    demo::create(&database)?;
    let mut snapshot = source::open(&format!("sqlite:{}", database.display()))?.snapshot().await?;
    let mut csv = Vec::new();
    for table in snapshot.contents().await?.tables {
        let (rows, mut taken) = mpsc::channel(1);
        Csv.begin(&table, &mut csv);
        let format = async {
            while let Some(batch) = taken.recv().await {
                Csv.rows(&batch, &mut csv);
            }
        };
        let (read, ()) = tokio::join!(snapshot.read(&table, rows), format);
        read?;
    }
    Ok(csv)
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

fn deflate(criterion: &mut Criterion) {
    let Ok(folder) = tempfile::tempdir() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let Ok(Ok(data)) = runtime.map(|runtime| runtime.block_on(demo_csv(folder.path()))) else { return };
    let mut group = criterion.benchmark_group("deflate");
    group.throughput(Throughput::Bytes(data.len() as u64)).sample_size(10);
    let mut encoder = Encoder::default();
    let sizes = [ours(&mut encoder, &data).len(), zlib_rs(1, &data).len(), zlib_rs(2, &data).len()];
    let [mine, one, two] = sizes.map(|size| format!("{:.2}", data.len() as f64 / size as f64));
    group.bench_function(format!("ours, ratio {mine}"), |bench| bench.iter(|| ours(&mut encoder, &data)));
    group.bench_function(format!("zlib-rs level 1, ratio {one}"), |bench| bench.iter(|| zlib_rs(1, &data)));
    group.bench_function(format!("zlib-rs level 2, ratio {two}"), |bench| bench.iter(|| zlib_rs(2, &data)));
}

criterion_group!(benches, deflate);
criterion_main!(benches);
