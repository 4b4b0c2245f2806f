using System.Diagnostics;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Differential.Generated;

/// <summary>Compares configurations on both sides, and makes those that differ smaller.</summary>
/// <param name="onEnvoy">What the real mesh makes of configurations.</param>
internal sealed class Comparing(Func<Batch, Task<IReadOnlyList<Answers>>> onEnvoy)
{
    /// <summary>A proxy has no more of them at once.</summary>
    private const int AtOnce = 100;

    /// <summary>A difference shows so many times before it is believed.</summary>
    private const int Showings = 3;

    /// <summary>So many differences are made smaller.</summary>
    private const int MadeSmaller = 10;

    /// <summary>How long differences are made smaller.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>What both sides made of each; where they differ, in the last of several times.</summary>
    public async Task<IReadOnlyList<Compared>> RunAsync(IReadOnlyList<Draft> drafts)
    {
        var start = Stopwatch.GetTimestamp();
        var compared = new List<Compared>();
        foreach (var chunk in drafts.Chunk(AtOnce))
        {
            var both = await BothAsync(chunk);
            for (var again = 1; again < Showings && both.Any(item => item.Differs); again++)
            {
                var open = both.Index().Where(item => item.Item.Differs).Select(item => item.Index).ToList();
                foreach (var (index, item) in open.Zip(await BothAsync([.. open.Select(index => chunk[index])])))
                {
                    both[index] = item;
                }
            }

            compared.AddRange(both);
            Report.Line($"generated: {compared.Count} of {drafts.Count} compared, {compared.Count(item => item.Differs)} differ, {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        }

        return compared;
    }

    /// <summary>Differences as people read them, the first ones made smaller.</summary>
    public async Task<IReadOnlyList<string>> SmallerAsync(IReadOnlyList<Compared> differing)
    {
        var start = Stopwatch.GetTimestamp();
        using var limit = new CancellationTokenSource(Limit);
        var smallest = await new Minimizer(DifferAsync).SmallestAsync([.. differing.Take(MadeSmaller).Select(item => item.Shown)], limit.Token);
        var both = await BothAsync([.. smallest.Select(item => item.Draft)]);
        List<string> said =
        [
            .. smallest.Zip(both).Select(item => $"{(item.First.IsSmallest ? "" : "(could be smaller still, but the time for it was over)\n")}{item.Second}"),
            .. differing.Skip(MadeSmaller).Select(item => $"(not made smaller)\n{item}"),
        ];
        said.ForEach(line => Report.Line($"{line}\n"));
        Report.Line($"generated: {smallest.Count} of {differing.Count} that differ were made smaller in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        return said;
    }

    private async Task<IReadOnlyList<bool>> DifferAsync(IReadOnlyList<Draft> drafts)
    {
        var differ = new List<bool>();
        foreach (var chunk in drafts.Chunk(AtOnce))
        {
            differ.AddRange((await BothAsync(chunk)).Select(item => item.Differs && item.IsOfAdmission == (item.Draft.Probes.Length == 0)));
        }

        return differ;
    }

    private async Task<Compared[]> BothAsync(Draft[] drafts)
    {
        if (drafts.Length == 0)
        {
            return [];
        }

        var batch = new Batch(drafts);
        var rehearsal = await batch.OnRehearsalAsync();
        var envoy = await onEnvoy(batch);
        return [.. drafts.Select((draft, index) => new Compared(draft, envoy[index], rehearsal[index]))];
    }
}

/// <summary>What both sides made of a configuration.</summary>
internal sealed record Compared(Draft Draft, Answers Envoy, Answers Rehearsal)
{
    public bool Differs { get; } = Envoy.DifferencesTo(Rehearsal, Draft).Any();

    /// <summary>What is denied differs, and so the requests say nothing.</summary>
    public bool IsOfAdmission { get; } = !Envoy.Denied.SequenceEqual(Rehearsal.Denied);

    /// <summary>The configuration with one request that shows the difference; with none where that is one of admission.</summary>
    public Draft Shown => Draft with { Probes = [.. Envoy.Showing(Rehearsal, Draft).Take(1)] };

    public override string ToString() => $"{Writing.Yaml(Draft)}\n{string.Join('\n', Envoy.DifferencesTo(Rehearsal, Draft))}";
}
