using System.IO.Compression;
using System.Text.Json;
using GopherMesh.DataPlane.Model;
using GopherMesh.DataPlane.Reading;
using GopherMesh.Tests.Cluster.Differential.Sides;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Differential.Generated;

/// <summary>What of the generated differential needs no cluster.</summary>
public sealed class GeneratedTests
{
    private static readonly Lazy<IReadOnlyList<(Draft Draft, MeshModel Model)>> DelegatingModels =
        new(() => [.. Generator.Delegating(3, 300).Select(draft => (draft, Read(draft)))]);

    public static TheoryData<bool> Kinds => [false, true];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_seed_makes_the_same_configurations_each_time(bool delegating) =>
        Assert.Equal(Of(delegating, 3).Select(DraftJson.Text), Of(delegating, 3).Select(DraftJson.Text));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void As_many_are_made_as_are_asked_for(bool delegating) => Assert.Equal(20, Of(delegating, 3).Length);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Another_seed_makes_others(bool delegating) =>
        Assert.Empty(Of(delegating, 3).Select(DraftJson.Text).Intersect(Of(delegating, 4).Select(DraftJson.Text)));

    [Fact]
    public void Half_of_those_of_both_kinds_delegate()
    {
        var drafts = Generator.OfBothKinds(3, 21);

        Assert.Equal(21, drafts.Length);
        Assert.Equal(Generator.Of(3, 11).Concat(Generator.Delegating(3, 10)).Select(DraftJson.Text), drafts.Select(DraftJson.Text));
    }

    [Fact]
    public async Task A_difference_is_made_as_small_as_the_part_that_shows_it()
    {
        var drafts = Generator.Of(3, 200).Where(Differs).Take(5).Select(draft => draft with { Probes = [draft.Probes[0]] }).ToList();
        var minimizer = new Minimizer(tried => Task.FromResult<IReadOnlyList<bool>>([.. tried.Select(Differs)]));
        var smallest = await minimizer.SmallestAsync(drafts, CancellationToken.None);

        Assert.Equal(5, smallest.Count);
        Assert.All(smallest, item =>
        {
            var draft = item.Draft;
            Assert.True(item.IsSmallest);
            Assert.Empty(draft.Gateways.Cast<object>().Concat(draft.Services).Concat(draft.Rules).Concat(draft.Probes.Single().Headers));
            var service = Assert.Single(draft.VirtualServices);
            Assert.Empty(service.Hosts.Concat(service.Gateways));
            var route = Assert.Single(service.Routes);
            Assert.Empty(route.Matches);
            Assert.StartsWith("timeout", Assert.Single(route.Policies).Text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Nothing_smaller_is_tried_once_the_time_for_it_is_over()
    {
        using var limit = new CancellationTokenSource();
        var rounds = 0;
        var minimizer = new Minimizer(async tried =>
        {
            if (++rounds == 2)
            {
                await limit.CancelAsync();
            }

            return [.. tried.Select(Differs)];
        });
        var drafts = Generator.Of(3, 200).Where(Differs).Take(2).ToList();
        var smallest = await minimizer.SmallestAsync(drafts, limit.Token);

        Assert.Equal(2, rounds);
        Assert.All(smallest.Zip(drafts), item =>
        {
            Assert.False(item.First.IsSmallest);
            Assert.True(Differs(item.First.Draft));
            Assert.True(DraftJson.Text(item.First.Draft).Length < DraftJson.Text(item.Second).Length);
        });
    }

    [Fact]
    public async Task A_difference_in_a_delegate_is_made_as_small_as_the_two_that_show_it()
    {
        var drafts = Generator.Delegating(3, 200).Where(IsMerged).Take(5).Select(draft => draft with { Probes = [draft.Probes[0]] }).ToList();
        var minimizer = new Minimizer(tried => Task.FromResult<IReadOnlyList<bool>>([.. tried.Select(IsMerged)]));
        var smallest = await minimizer.SmallestAsync(drafts, CancellationToken.None);

        Assert.Equal(5, smallest.Count);
        Assert.All(smallest, item =>
        {
            Assert.True(item.IsSmallest);
            Assert.StartsWith("delegate", Assert.Single(Assert.Single(item.Draft.VirtualServices).Routes).Action.Text, StringComparison.Ordinal);
            var leaf = Assert.Single(item.Draft.Delegates);
            Assert.Empty(leaf.Options);
            Assert.Empty(Assert.Single(leaf.Routes).Policies);
        });
    }

    /// <summary>Every rule of delegation is met by some of a few hundred configurations: without that it would not be compared.</summary>
    [Theory]
    [InlineData("merged", "")]
    [InlineData("left out: there is none of that name", "there is no VirtualService")]
    [InlineData("left out: it is not shown to the namespace", "the exportTo of")]
    [InlineData("left out: a match is not covered", "matches that this route's matches do not cover")]
    [InlineData("without effect: nobody names it", "no VirtualService delegates to it")]
    public void Configurations_that_delegate_meet_every_rule(string what, string note)
    {
        var met = DelegatingModels.Value.Count(item => note.Length == 0
            ? IsMerged(item.Draft) && !item.Model.NotRehearsed.Any(field => field.Reason.Contains("left out", StringComparison.Ordinal))
            : item.Model.NotRehearsed.Any(field => field.Reason.Contains(note, StringComparison.Ordinal)));

        Assert.True(met >= 5, $"{what}: {met} of {DelegatingModels.Value.Count}");
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_rehearsal_takes_and_answers_every_configuration(bool delegating)
    {
        var drafts = Of(delegating, 5);
        var answers = await new Batch(drafts).OnRehearsalAsync();

        Assert.All(answers.Zip(drafts), pair =>
        {
            Assert.Equal(pair.Second.Probes.Length, pair.First.Outcomes.Length);
            Assert.All(pair.First.Outcomes, outcome => Assert.NotEmpty(outcome));
            Assert.DoesNotContain(pair.First.Outcomes.SelectMany(lines => lines), line => line.StartsWith("0 ", StringComparison.Ordinal) || line.Contains("defect", StringComparison.Ordinal));
        });
        Assert.InRange(answers.Count(answer => answer.Denied.Length == 0), drafts.Length / 4, drafts.Length);
    }

    [Theory]
    [MemberData(nameof(Recording.Names), MemberType = typeof(Recording))]
    public void The_recorded_configurations_are_those_of_the_seed(string name) => Assert.Equal(
        Recording.Named(name).Drafts().Select(DraftJson.Text), Recording.Named(name).Read().Select(recorded => DraftJson.Text(recorded.Draft)));

    [Theory]
    [MemberData(nameof(Recording.Names), MemberType = typeof(Recording))]
    public async Task The_rehearsal_answers_as_the_recorded_mesh_did(string name)
    {
        var all = Recording.Named(name).Read();
        var recorded = all.ToDictionary(item => DraftJson.Text(item.Draft), item => item.Envoy);
        var comparing = new Comparing(batch => Task.FromResult<IReadOnlyList<Answers>>([.. batch.Drafts.Select(draft => recorded[DraftJson.Text(draft)])]));
        var compared = await comparing.RunAsync([.. all.Select(item => item.Draft)]);

        Assert.All(compared, item => Assert.False(item.Differs, item.ToString()));
    }

    private static Draft[] Of(bool delegating, ulong seed) => delegating ? Generator.Delegating(seed, 20) : Generator.Of(seed, 20);

    private static bool Differs(Draft draft) => draft.VirtualServices.Any(service => service.Routes.Any(route =>
        route.Policies.Any(policy => policy.Text.StartsWith("timeout", StringComparison.Ordinal))));

    private static bool IsMerged(Draft draft) => draft.VirtualServices.Any(service => service.Routes.Any(root => root.Action.Text == "delegate: { name: '{name}-a' }"))
        && draft.Delegates.Any(leaf => leaf.Place.Text == "{name}-a" && leaf.Routes.Length > 0);

    private static MeshModel Read(Draft draft) => MeshReader.Read(ComparedObjects.AsManifests(
        Writing.Shared.Concat(Writing.Objects(draft, "name").Where(item => !Batch.IsRefused(item)))));
}

/// <summary>The configurations of a fixed seed, and what a real mesh answered: by them the rehearsal is judged where there is no cluster.</summary>
/// <param name="Name">Says what is generated.</param>
/// <param name="FileName">Where the answers are, beside this file.</param>
/// <param name="Drafts">Generates the configurations.</param>
internal sealed record Recording(string Name, string FileName, Func<Draft[]> Drafts)
{
    private const ulong Seed = 14;

    private const int Count = 50;

    private static readonly Recording[] All =
    [
        new("plain", "recorded.json.gz", () => Generator.Of(Seed, Count)),
        new("delegating", "recorded-delegating.json.gz", () => Generator.Delegating(Seed, Count)),
    ];

    /// <summary>All of them.</summary>
    public static TheoryData<string> Names => [.. All.Select(recording => recording.Name)];

    private string File => Path.Combine(Repository.Root, "tests/cluster/Differential/Generated", FileName);

    public static Recording Named(string name) => All.Single(recording => recording.Name == name);

    /// <summary>The recorded configurations, each with the answers of the mesh.</summary>
    public IReadOnlyList<Recorded> Read()
    {
        using var file = new GZipStream(System.IO.File.OpenRead(File), CompressionMode.Decompress);
        return JsonSerializer.Deserialize<Recorded[]>(file, DraftJson.Options)!;
    }

    public void Write(IEnumerable<Recorded> recorded)
    {
        using var file = new GZipStream(System.IO.File.Create(File), CompressionLevel.SmallestSize);
        JsonSerializer.Serialize(file, recorded, DraftJson.Options);
    }
}

/// <summary>A configuration, and what a real mesh made of it.</summary>
internal sealed record Recorded(Draft Draft, Answers Envoy);
