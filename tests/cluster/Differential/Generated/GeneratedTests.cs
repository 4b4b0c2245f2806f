using System.IO.Compression;
using System.Text.Json;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Differential.Generated;

/// <summary>What of the generated differential needs no cluster.</summary>
public sealed class GeneratedTests
{
    [Fact]
    public void A_seed_makes_the_same_configurations_each_time() =>
        Assert.Equal(Generator.Of(3, 20).Select(DraftJson.Text), Generator.Of(3, 20).Select(DraftJson.Text));

    [Fact]
    public void As_many_are_made_as_are_asked_for() => Assert.Equal(20, Generator.Of(3, 20).Length);

    [Fact]
    public void Another_seed_makes_others() => Assert.Empty(Generator.Of(3, 20).Select(DraftJson.Text).Intersect(Generator.Of(4, 20).Select(DraftJson.Text)));

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
    public void The_recorded_configurations_are_those_of_the_seed() =>
        Assert.Equal(Recording.Drafts().Select(DraftJson.Text), Recording.Read().Select(recorded => DraftJson.Text(recorded.Draft)));

    [Fact]
    public async Task The_rehearsal_answers_as_the_recorded_mesh_did()
    {
        var recorded = Recording.Read().ToDictionary(item => DraftJson.Text(item.Draft), item => item.Envoy);
        var comparing = new Comparing(batch => Task.FromResult<IReadOnlyList<Answers>>([.. batch.Drafts.Select(draft => recorded[DraftJson.Text(draft)])]));
        var compared = await comparing.RunAsync([.. Recording.Read().Select(item => item.Draft)]);

        Assert.All(compared, item => Assert.False(item.Differs, item.ToString()));
    }

    private static bool Differs(Draft draft) => draft.VirtualServices.Any(service => service.Routes.Any(route =>
        route.Policies.Any(policy => policy.Text.StartsWith("timeout", StringComparison.Ordinal))));
}

/// <summary>The configurations of a fixed seed, and what a real mesh answered: by them the rehearsal is judged where there is no cluster.</summary>
internal static class Recording
{
    private const ulong Seed = 14;

    private const int Count = 50;

    private static readonly string File = Path.Combine(Repository.Root, "tests/cluster/Differential/Generated/recorded.json.gz");

    /// <summary>The generated configurations.</summary>
    public static Draft[] Drafts() => Generator.Of(Seed, Count);

    /// <summary>The recorded configurations, each with the answers of the mesh.</summary>
    public static IReadOnlyList<Recorded> Read()
    {
        using var file = new GZipStream(System.IO.File.OpenRead(File), CompressionMode.Decompress);
        return JsonSerializer.Deserialize<Recorded[]>(file, DraftJson.Options)!;
    }

    public static void Write(IEnumerable<Recorded> recorded)
    {
        using var file = new GZipStream(System.IO.File.Create(File), CompressionLevel.SmallestSize);
        JsonSerializer.Serialize(file, recorded, DraftJson.Options);
    }
}

/// <summary>A configuration, and what a real mesh made of it.</summary>
internal sealed record Recorded(Draft Draft, Answers Envoy);
