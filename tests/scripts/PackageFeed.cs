using System.IO.Compression;
using System.Xml.Linq;

namespace GopherMesh.Tests.Scripts;

/// <summary>Packages without content, which are all that a restore needs to find in order to say yes.</summary>
internal static class PackageFeed
{
    /// <summary>Adds every Pulumi package that Directory.Packages.props asks for, in the version asked for.</summary>
    public static void AddPulumi(string feed, string packagesProps)
    {
        var asked = XDocument.Load(packagesProps).Descendants("PackageVersion")
            .Select(package => (Id: package.Attribute("Include")!.Value, Version: package.Attribute("Version")!.Value))
            .Where(package => package.Id.Split('.')[0] == "Pulumi");
        foreach (var (id, version) in asked)
        {
            Add(feed, id, version);
        }
    }

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
