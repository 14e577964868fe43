/** The Train room is not built yet; this says so. */
export default function TrainRoom() {
  return (
    <section className="sheet">
      <h2>Train</h2>
      <p className="quiet">This room is not built yet.</p>
    </section>
  );
}
