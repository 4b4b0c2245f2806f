using System.IO.Compression;
using System.Xml.Linq;

namespace GopherMesh.Tests.Scripts;

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
