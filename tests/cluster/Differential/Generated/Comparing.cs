using System.Diagnostics;
using GopherMesh.Tests.Cluster.Differential.Sides;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Differential.Generated;

/// <summary>Compares configurations on both sides, and makes those that differ smaller.</summary>
internal sealed class Comparing(ISide envoy)
{
    /// <summary>A proxy has no more of them at once.</summary>
    private const int AtOnce = 100;

    /// <summary>A difference shows so many times before it is believed.</summary>
    private const int Showings = 3;

    /// <summary>So many differences are made smaller; of the others it is said that there are more.</summary>
    private const int Shown = 10;

    private int _batches;

    /// <summary>The differences, each with its configuration.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(IReadOnlyList<Draft> drafts)
    {
        var start = Stopwatch.GetTimestamp();
        var compared = 0;
        var differing = new List<Draft>();
        foreach (var chunk in drafts.Chunk(AtOnce))
        {
            var both = await BothAsync(chunk);
            compared += chunk.Length;
            var shown = chunk.Zip(both).Where(item => item.Second.Envoy.DifferencesTo(item.Second.Rehearsal, item.First).Any())
                .Select(item => item.First with { Probes = item.Second.Envoy.Showing(item.Second.Rehearsal, item.First) }).ToList();
            for (var again = 1; again < Showings && shown.Count > 0; again++)
            {
                shown = [.. shown.Zip(await DifferAsync(shown)).Where(item => item.Second).Select(item => item.First)];
            }

            differing.AddRange(shown);
            Report.Line($"generated: {compared} of {drafts.Count} compared, {differing.Count} differ, {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
        }

        var smallest = await Minimizer.SmallestAsync([.. differing.Take(Shown)], DifferAsync);
        var said = smallest.Zip(await BothAsync(smallest)).Select(item => $"{Writing.Yaml(item.First)}\n{string.Join('\n', item.Second.Envoy.DifferencesTo(item.Second.Rehearsal, item.First))}").ToList();
        said.ForEach(line => Report.Line($"{line}"));
        Report.Line($"generated: {drafts.Count} configurations, {differing.Count} differ, {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s with making them smaller");
        return differing.Count > Shown ? [.. said, $"and {differing.Count - Shown} more"] : said;
    }

    private async Task<IReadOnlyList<bool>> DifferAsync(IReadOnlyList<Draft> drafts)
    {
        var differ = new List<bool>();
        foreach (var chunk in drafts.Chunk(AtOnce))
        {
            var both = await BothAsync(chunk);
            differ.AddRange(chunk.Zip(both).Select(item => item.Second.Envoy.DifferencesTo(item.Second.Rehearsal, item.First).Any()));
        }

        return differ;
    }

    private async Task<IReadOnlyList<(Answers Envoy, Answers Rehearsal)>> BothAsync(IReadOnlyList<Draft> drafts)
    {
        if (drafts.Count == 0)
        {
            return [];
        }

        var batch = new Batch($"b{_batches++}", drafts);
        var rehearsal = await batch.OnRehearsalAsync();
        return [.. (await batch.OnEnvoyAsync(envoy)).Zip(rehearsal)];
    }
}
