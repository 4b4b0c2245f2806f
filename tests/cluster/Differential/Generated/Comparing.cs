using System.Diagnostics;
using GopherMesh.Tests.Cluster.Harness;
using GopherMesh.Tests.Stub;

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

/// <summary>What one side made of a configuration.</summary>
/// <param name="Denied">The objects that are not taken, by kind and name.</param>
/// <param name="Outcomes">For each request all that came of it: one line, or several where chance decides.</param>
internal sealed record Answers(string[] Denied, string[][] Outcomes)
{
    /// <summary>Stands at the end of an outcome that took as long as a declared delay.</summary>
    public const string Late = " late";

    /// <summary>
    /// How often a request is sent where chance decides. The rarest outcome comes at least one time in four, so that either side misses it
    /// once in 99,000 requests (0.75^40); a difference is believed when it shows three times.
    /// </summary>
    public const int Repetitions = 40;

    /// <summary>What configurations delay an answer by; timers of an event loop may be a few milliseconds early.</summary>
    private const double Delay = 600 - 10;

    /// <summary>What differs, a line each.</summary>
    public IEnumerable<string> DifferencesTo(Answers rehearsal, Draft draft)
    {
        if (!Denied.SequenceEqual(rehearsal.Denied))
        {
            return [$"Istio denies {Listed(Denied)}, the rehearsal {Listed(rehearsal.Denied)}"];
        }

        return Outcomes.Zip(rehearsal.Outcomes, draft.Probes)
            .Where(probe => !AreSame(probe.First, probe.Second))
            .Select(probe => $"{probe.Third}\n    Envoy:     {string.Join("\n               ", probe.First)}"
                + $"\n    rehearsal: {string.Join("\n               ", probe.Second)}");
    }

    /// <summary>The requests that show a difference; all of them where it is one of admission.</summary>
    public ProbeDraft[] Showing(Answers rehearsal, Draft draft) => Denied.SequenceEqual(rehearsal.Denied)
        ? [.. draft.Probes.Where((_, index) => !AreSame(Outcomes[index], rehearsal.Outcomes[index]))]
        : [];

    /// <summary>One request's outcome as it is compared: the answer, and what else the versions received of it.</summary>
    public static string Line(Draft draft, ProbeDraft probe, string name, Sent sent)
    {
        var outcome = Outcome.Of(sent.Reply);
        var isSlow = probe.Headers.Any(header => header.Text == Pieces.Slow);
        var late = draft.HasDelay && !isSlow && sent.Reply.ElapsedMilliseconds >= Delay ? Late : "";
        var others = sent.Received.Select(entry => outcome.Version == entry.Version && entry.Received.Count == 1
            ? ""
            : $"; {entry.Version} received {entry.Received.Count}"
                + (outcome.Version == entry.Version ? "" : $", last {Outcome.Describe(entry.Received.Last)}"));
        return (outcome.Compared(0) + string.Concat(others) + late)
            .Replace(sent.Id, "{id}", StringComparison.Ordinal)
            .Replace(name.ToUpperInvariant(), "{NAME}", StringComparison.Ordinal)
            .Replace(name, "{name}", StringComparison.Ordinal);
    }

    // The rehearsal may be late on a busy machine, but not early.
    private static bool AreSame(string[] envoy, string[] rehearsal)
    {
        var isLate = Array.Exists(envoy, line => line.EndsWith(Late, StringComparison.Ordinal));
        return envoy.SequenceEqual(isLate ? rehearsal : [.. rehearsal.Select(WithoutLate).Distinct()]);
    }

    private static string WithoutLate(string line) => line.EndsWith(Late, StringComparison.Ordinal) ? line[..^Late.Length] : line;

    private static string Listed(string[] denied) => denied.Length == 0 ? "nothing" : string.Join(" and ", denied);
}

/// <summary>A request that was sent once.</summary>
internal sealed record Sent(string Id, Reply Reply, IReadOnlyList<(string Version, Received Received)> Received);
