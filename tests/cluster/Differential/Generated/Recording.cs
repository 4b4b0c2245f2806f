using System.IO.Compression;
using System.Text.Json;
using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Differential.Generated;

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
