namespace GopherMesh.Tests.Rehearsal;

/// <summary>A folder of its own, gone with the test.</summary>
public sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("gopherctl").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
