namespace GopherMesh.Tests.Cluster.Differential.Generated;

/// <summary>
/// Makes configurations smaller for as long as they differ. FsCheck says what is smaller; here many of that are tried together, because
/// on a cluster a hundred configurations take as long to get into effect as one.
/// </summary>
internal static class Minimizer
{
    /// <summary>So many smaller ones of all are tried together.</summary>
    private const int Together = 150;

    /// <summary>The smallest that were found.</summary>
    /// <param name="drafts">Those that differ.</param>
    /// <param name="differ">Whether each does.</param>
    public static async Task<IReadOnlyList<Draft>> SmallestAsync(IReadOnlyList<Draft> drafts, Func<IReadOnlyList<Draft>, Task<IReadOnlyList<bool>>> differ)
    {
        var smallest = drafts.ToArray();
        var open = Enumerable.Range(0, smallest.Length).ToList();
        while (open.Count > 0)
        {
            var candidates = open.SelectMany(index => Generator.SmallerThan(smallest[index]).Take(Together / open.Count)
                .Select(smaller => (Index: index, Smaller: smaller))).ToList();
            var still = candidates.Zip(await differ([.. candidates.Select(candidate => candidate.Smaller)]))
                .Where(tried => tried.Second).ToLookup(tried => tried.First.Index, tried => tried.First.Smaller);
            open = [.. open.Where(still.Contains)];
            open.ForEach(index => smallest[index] = still[index].First());
        }

        return smallest;
    }
}
