using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Xml.Linq;

namespace GopherMesh.Tests.Scripts;

/// <summary>What `pulumi up` restores if there is a company's feed beside the public one, or if advisories cannot be read.</summary>
public sealed class CompanyFeedTests : IDisposable
{
    private readonly Checkout _checkout = new();
    private readonly HttpFeed _feed;

    public CompanyFeedTests()
    {
        _checkout.AddProjects();
        PackageFeed.AddAll(_checkout.Feed, _checkout.PathOf("Directory.Packages.props"), _checkout.PathOf("apps/Packages.props"));
        _feed = new(_checkout.Feed);
    }

    [Theory]
    [InlineData("infra")]
    [InlineData("apps/gopher-requester")]
    [InlineData("apps/gopher-distributor")]
    [InlineData("apps/gopherctl")]
    public async Task Two_sources_are_warned_of_and_do_not_stop_a_restore(string project)
    {
        var result = await RestoreAsync(project, Sources("public", "company"), "");

        Assert.True(result.ExitCode == 0, result.Output);
        Assert.Contains("warning NU1507", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NU1900")]
    [InlineData("NU1905")]
    public async Task Unreachable_advisories_are_warned_of_and_do_not_stop_a_restore(string warning)
    {
        var audit = warning == "NU1900" ? _feed.Missing : _feed.Source("public");
        var result = await RestoreAsync("infra", Sources("public"), $"<auditSources><clear />{Source("audit", audit)}</auditSources>");

        Assert.True(result.ExitCode == 0, result.Output);
        Assert.Contains($"warning {warning}", result.Output, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _feed.Dispose();
        _checkout.Dispose();
    }

    private static string Source(string name, string address) => $"""<add key="{name}" value="{address}" allowInsecureConnections="true" />""";

    private string Sources(params string[] names) =>
        $"<packageSources><clear />{string.Concat(names.Select(name => Source(name, _feed.Source(name))))}</packageSources>";

    private async Task<ScriptResult> RestoreAsync(string project, string sources, string auditSources)
    {
        await File.WriteAllTextAsync(_checkout.PathOf("../NuGet.config"), $"<configuration>{sources}{auditSources}</configuration>");

        // Without the runtimes of the images' architectures, whose versions are the SDK's and so not ours to put into a feed.
        return await _checkout.RunAsync($"dotnet restore {project} -nologo -p:RuntimeIdentifiers=", ("RestoreSources", ""), ("PulumiSdk", "real"));
    }
}

/// <summary>A folder of packages, served on loopback as a NuGet source (NuGet server API, "Package Content"), under as many names as a test needs.</summary>
internal sealed class HttpFeed : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly string _folder;

    public HttpFeed(string folder)
    {
        _folder = folder;
        Address = $"http://127.0.0.1:{FreePort()}/";
        _listener.Prefixes.Add(Address);
        _listener.Start();
        _ = ServeAsync();
    }

    private string Address { get; }

    /// <summary>A source at which everything is missing.</summary>
    public string Missing => $"{Address}nothing/here/index.json";

    /// <summary>The source's index; it has no list of advisories.</summary>
    public string Source(string name) => $"{Address}{name}/index.json";

    public void Dispose() => _listener.Close();

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                var context = await _listener.GetContextAsync();
                var content = Content(context.Request.Url!.AbsolutePath.Trim('/').Split('/'));
                context.Response.StatusCode = content is null ? 404 : 200;
                context.Response.Close(content ?? [], willBlock: false);
            }
            catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException)
            {
                // The feed was closed, or a client left: the loop's condition decides.
            }
        }
    }

    private byte[]? Content(string[] path) => path switch
    {
        [var name, "index.json"] => Json($$"""{"version":"3.0.0","resources":[{"@id":"{{Address}}{{name}}/packages/","@type":"PackageBaseAddress/3.0.0"}]}"""),
        [_, "packages", var id, "index.json"] when VersionsOf(id) is { Length: > 0 } versions => Json($$"""{"versions":[{{string.Join(',', versions)}}]}"""),
        [_, "packages", _, _, var file] when PathOf(file) is { } package => File.ReadAllBytes(package),
        _ => null,
    };

    private string[] VersionsOf(string id) =>
    [
        .. Directory.EnumerateFiles(_folder).Select(file => Path.GetFileNameWithoutExtension(file).ToLowerInvariant())
            .Where(name => name.StartsWith($"{id}.", StringComparison.Ordinal) && char.IsDigit(name[id.Length + 1]))
            .Select(name => $"\"{name[(id.Length + 1)..]}\""),
    ];

    private string? PathOf(string file) =>
        Directory.EnumerateFiles(_folder).FirstOrDefault(path => string.Equals(Path.GetFileName(path), file, StringComparison.OrdinalIgnoreCase));

    private static byte[] Json(string text) => Encoding.UTF8.GetBytes(text);
}

/// <summary>Packages without content: a restore needs no more to succeed.</summary>
internal static class PackageFeed
{
    /// <summary>Adds every Pulumi package that Directory.Packages.props names, in its version.</summary>
    public static void AddPulumi(string feed, string packagesProps)
    {
        foreach (var (id, version) in AskedFor(packagesProps).Where(package => package.Id.Split('.')[0] == "Pulumi"))
        {
            Add(feed, id, version);
        }
    }

    /// <summary>Adds every package that the files name, in its version.</summary>
    public static void AddAll(string feed, params IEnumerable<string> packagesProps)
    {
        foreach (var (id, version) in packagesProps.SelectMany(AskedFor))
        {
            Add(feed, id, version);
        }
    }

    private static IEnumerable<(string Id, string Version)> AskedFor(string packagesProps) =>
        XDocument.Load(packagesProps).Descendants("PackageVersion")
            .Select(package => (Id: package.Attribute("Include")!.Value, Version: package.Attribute("Version")!.Value));

    private static void Add(string feed, string id, string version)
    {
        using var package = ZipFile.Open(Path.Combine(feed, $"{id}.{version}.nupkg"), ZipArchiveMode.Create);
        using var nuspec = new StreamWriter(package.CreateEntry($"{id}.nuspec").Open());
        nuspec.Write(
            $"""
            <package><metadata>
              <id>{id}</id><version>{version}</version><authors>a test</authors><description>empty</description>
            </metadata></package>
            """);
    }
}
