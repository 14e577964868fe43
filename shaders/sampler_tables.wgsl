// Which rows share a queue, and the temperatures of each row; src/temperature/samplerData.ts writes them in this order:
// for each queue where its members start (queues + 1), members by queue, (hot, cold) by row, queue by row.

fn queue_start(queue: u32) -> u32 {
  return tables[queue];
}

fn queue_member(i: u32) -> u32 {
  return tables[globals.queues + 1u + i];
}

fn temperature(row: u32, slot: u32) -> f32 {
  if (slot == ONE) {
    return 1.0;
  }
  return bitcast<f32>(tables[globals.queues + 1u + globals.rows + 2u * row + slot]);
}

fn queue_of_row(row: u32) -> u32 {
  return tables[globals.queues + 1u + 3u * globals.rows + row];
}
