using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Tests.Rehearsal.Rehearse;

/// <summary>The local stack in a folder of its own, served by <c>gopherctl rehearse --serve</c> while its file changes.</summary>
internal sealed class ServedStack : IDisposable
{
    private readonly TempFolder _root = new();
    private readonly string _local = File.ReadAllText(Path.Combine(RepositoryRoot.Find(), "Pulumi.local.yaml")).TrimEnd();

    public ServedStack() => File.Copy(Path.Combine(RepositoryRoot.Find(), "Pulumi.yaml"), Path.Combine(_root.Path, "Pulumi.yaml"));

    /// <summary>Starts to serve the local stack with more settings, each <c>key: value</c>.</summary>
    public GopherctlProcess Serve(params string[] settings)
    {
        Write(settings);
        return Run("rehearse", "--stack", "local", "--requests", "20", "--serve");
    }

    /// <summary>Runs a command on the stack.</summary>
    public GopherctlProcess Run(params string[] arguments) => new(_root.Path, arguments);

    /// <summary>Where the gateway answers, once it does.</summary>
    public static Task<Uri> GatewayAsync(GopherctlProcess gopherctl) => AddressAsync(gopherctl, "serving at ");

    /// <summary>Where the metrics are, once the gateway answers.</summary>
    public static Task<Uri> MetricsAsync(GopherctlProcess gopherctl) => AddressAsync(gopherctl, "Istio's metrics at ");

    /// <summary>Replaces the settings of <see cref="Serve"/>, at once as an editor does.</summary>
    public void Write(params string[] settings)
    {
        var path = Path.Combine(_root.Path, "Pulumi.local.yaml");
        File.WriteAllText(path + ".new", string.Join("\n  ", [_local, .. settings]) + "\n");
        File.Move(path + ".new", path, overwrite: true);
    }

    public void Dispose() => _root.Dispose();

    private static async Task<Uri> AddressAsync(GopherctlProcess gopherctl, string introduction)
    {
        var line = await gopherctl.LineAsync(line => line.StartsWith(introduction, StringComparison.Ordinal));
        return new Uri(line[introduction.Length..].Split(' ')[0]);
    }
}
