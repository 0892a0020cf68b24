//! Our deflate beside zlib-rs, on one thread, on the CSV of the demo database. Prints the sizes too, since speed alone says
//! nothing.

use std::{error::Error, io::Write, path::Path};

use carryall::{
    archive::deflate::Encoder,
    demo,
    format::{Csv, Format, Observed},
    source::{self, Chunk, Lane},
};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use flate2::{Compression, write::DeflateEncoder};

const PIECE: usize = 1024 * 1024;
const WINDOW: usize = 32 * 1024;

/// All tables of the demo database as CSV.
async fn demo_csv(folder: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let database = folder.join("demo.db");
    demo::create(&database)?;
    let mut snapshot = source::open(&format!("sqlite:{}", database.display()))?.snapshot().await?;
    let mut csv = Vec::new();
    let tables = snapshot.contents().await?.tables;
    let mut reader = snapshot.readers(&tables, 1).await?.remove(0);
    for table in tables {
        let (lane, mut taken) = Lane::new();
        let mut seen = vec![Observed::default(); table.columns.len()];
        Csv.begin(&table, &mut csv);
        let read = async {
            let read = reader.read(&table, None, &lane).await;
            drop(lane);
            read
        };
        let format = async {
            while let Some(held) = taken.recv().await {
                if let Chunk::Rows(rows) = &held.chunk {
                    // What the demo database holds can be formatted.
                    let _ = Csv.rows(&table.columns, rows.as_ref(), &mut seen, &mut csv);
                }
            }
        };
        let (read, ()) = tokio::join!(read, format);
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
