using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Tests.Rehearsal.Program.Stacks;

/// <summary>A project in a folder of its own.</summary>
public sealed class StackFolder : IDisposable
{
    public const string Project = """
        name: gopher-mesh
        runtime: dotnet
        config:
          weight: {type: integer, default: 0}
          enabled: {type: boolean, default: true}
          versions: {type: object, default: {v1: ""}}
          zones: {type: array, items: {type: string}, default: []}
          free: {description: not typed, default: ""}
          aws:region: {value: ap-southeast-2}
        """;

    public StackFolder(string stack, string project = Project)
    {
        File.WriteAllText(System.IO.Path.Combine(Path, "Pulumi.yaml"), project);
        File.WriteAllText(System.IO.Path.Combine(Path, "Pulumi.dev.yaml"), stack);
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("gopherctl-stack").FullName;

    public EffectiveConfig Read(params string[] settings) => EffectiveConfig.Read(Path, "dev", settings);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
