namespace GopherMesh.Tests.Cluster.Differential.Generated;

/// <summary>
/// Makes configurations smaller for as long as they differ. FsCheck says what is smaller by one step. Here many of that are tried together,
/// because on a cluster a hundred configurations take as long to get into effect as one.
/// </summary>
/// <param name="differ">Whether each of some configurations differs.</param>
internal sealed class Minimizer(Func<IReadOnlyList<Draft>, Task<IReadOnlyList<bool>>> differ)
{
    /// <summary>So many smaller ones of all are tried together.</summary>
    private const int Together = 100;

    /// <summary>Makes each that differs smaller.</summary>
    /// <param name="drafts">They.</param>
    /// <param name="limit">Once it is cancelled no more are tried.</param>
    /// <returns>The smallest that were found, in the same order, and whether nothing that is smaller by one step differs.</returns>
    public async Task<IReadOnlyList<(Draft Draft, bool IsSmallest)>> SmallestAsync(IReadOnlyList<Draft> drafts, CancellationToken limit)
    {
        var all = drafts.Select(draft => new Shrinking(draft)).ToList();
        while (all.FindAll(item => !item.IsOver) is { Count: > 0 } open && !limit.IsCancellationRequested)
        {
            var candidates = open.SelectMany(item => item.Next(Together / open.Count).Select(smaller => (Of: item, Smaller: smaller))).ToList();
            var still = candidates.Zip(await differ([.. candidates.Select(candidate => candidate.Smaller)])).Where(tried => tried.Second);
            foreach (var found in still.GroupBy(tried => tried.First.Of, tried => tried.First.Smaller))
            {
                found.Key.Take(found.MinBy(smaller => DraftJson.Text(smaller).Length)!);
            }
        }

        return [.. all.Select(item => (item.Draft, item.IsOver))];
    }

    /// <summary>A configuration on its way, and how far what is smaller than it has been tried.</summary>
    private sealed class Shrinking(Draft draft)
    {
        private IReadOnlyList<Draft> _smaller = [.. Generator.SmallerThan(draft)];
        private int _tried;

        public Draft Draft { get; private set; } = draft;

        /// <summary>All that is smaller by one step has been tried.</summary>
        public bool IsOver => _tried >= _smaller.Count;

        public List<Draft> Next(int most)
        {
            var next = _smaller.Skip(_tried).Take(most).ToList();
            _tried += next.Count;
            return next;
        }

        public void Take(Draft smaller)
        {
            (Draft, _smaller, _tried) = (smaller, [.. Generator.SmallerThan(smaller)], 0);
        }
    }
}
