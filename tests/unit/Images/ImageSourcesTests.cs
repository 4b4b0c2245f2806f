using System.Xml.Linq;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Images;

namespace GopherMesh.Tests.Unit.Images;

/// <summary>What makes an image, and the tag that is computed from it.</summary>
public sealed class ImageSourcesTests : IDisposable
{
    private readonly DirectoryInfo _copy = Directory.CreateTempSubdirectory("image-sources-test");

    public ImageSourcesTests()
    {
        foreach (var file in ImageSources.Of(Root, ServiceSource.Named(Names.Requester)))
        {
            Add(file, File.ReadAllText(Path.Combine(Root, file)));
        }
    }

    public static TheoryData<string> Services => [.. ServiceSource.All.Select(service => service.Name)];

    private static string Root { get; } = RepositoryRoot.Find();

    public void Dispose() => _copy.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Services))]
    public void Has_the_folder_of_every_project_that_the_service_is_built_from(string name)
    {
        var service = ServiceSource.Named(name);
        var folders = Projects(Path.Combine(Root, service.Project))
            .Select(project => Path.GetRelativePath(Root, Path.GetDirectoryName(project)!)).Distinct();
        Assert.Equal(folders.Order(), service.Folders.Order());
    }

    [Fact]
    public void Every_service_that_the_stack_declares_is_found_by_its_folder()
    {
        Assert.Equal([Names.Distributor, Names.Requester], ServiceSource.All.Select(service => service.Name));
        Assert.All(
            ServiceSource.All,
            service => Assert.Equal(service.Name, XDocument.Load(Path.Combine(Root, service.Project)).Descendants("ContainerRepository").Single().Value));
    }

    [Fact]
    public void A_third_service_is_found_without_being_named_anywhere()
    {
        Add("apps/gopher-auditor/GopherAuditor.csproj", """<Project Sdk="Microsoft.NET.Sdk.Web"><Import Project="../gopher-service/Service.props" /></Project>""");
        Add("apps/a-library/Library.csproj", """<Project Sdk="Microsoft.NET.Sdk" />""");

        var auditor = new ServiceSource("gopher-auditor", "apps/gopher-auditor/GopherAuditor.csproj");
        Assert.Equal([auditor, ServiceSource.Named(Names.Requester)], ServiceSource.In(_copy.FullName));
        Assert.Contains(auditor.Project, ImageSources.Of(_copy.FullName, auditor));
    }

    // The versions of a service's packages are in a file that is hashed, and that file has nothing else.
    [Fact]
    public void Has_the_versions_of_the_services_packages_and_of_no_others()
    {
        var projects = ServiceSource.All.SelectMany(service => Projects(Path.Combine(Root, service.Project))).Distinct();
        var used = projects.SelectMany(project => Includes(project, "PackageReference"));
        Assert.Equal(used.Distinct().Order(), Includes(Path.Combine(Root, "apps/Packages.props"), "PackageVersion").Order());
    }

    [Fact]
    public void Gives_the_same_tag_wherever_the_sources_are() => Assert.Equal(TagOf(Root), TagOf(_copy.FullName));

    [Fact]
    public void Gives_each_service_a_tag_of_its_own() =>
        Assert.NotEqual(TagOf(Root), SourceHash.Tag(Root, ImageSources.Of(Root, ServiceSource.Named(Names.Distributor))));

    [Theory]
    [InlineData("apps/gopher-requester/Program.cs")]
    [InlineData("apps/gopher-service/Service.props")]
    [InlineData("global.json")]
    [InlineData("apps/Packages.props")]
    [InlineData("infra/Images/publish-image.sh")]
    public void Changes_the_tag_with_any_of_the_sources(string file)
    {
        var before = TagOf(_copy.FullName);
        Add(file, File.ReadAllText(Path.Combine(Root, file)) + " ");
        Assert.NotEqual(before, TagOf(_copy.FullName));
    }

    [Theory]
    [InlineData("apps/gopher-requester/New.cs", true)]
    [InlineData("apps/gopher-requester/bin/Debug/x.dll", false)]
    [InlineData("apps/gopher-requester/obj/project.assets.json", false)]
    [InlineData("apps/gopher-requester/.Program.cs.swp", false)]
    [InlineData("apps/gopher-distributor/New.cs", false)]
    [InlineData("README.md", false)]
    [InlineData("Directory.Packages.props", false)]
    public void Changes_the_tag_with_a_new_file_only_where_it_is_a_source(string file, bool changes)
    {
        var before = TagOf(_copy.FullName);
        Add(file, "new");
        Assert.Equal(changes, before != TagOf(_copy.FullName));
    }

    [Fact]
    public void Changes_the_tag_when_content_moves_between_files()
    {
        Add("apps/gopher-requester/a", "xy");
        Add("apps/gopher-requester/b", "z");
        var before = TagOf(_copy.FullName);
        Add("apps/gopher-requester/a", "x");
        Add("apps/gopher-requester/b", "yz");
        Assert.NotEqual(before, TagOf(_copy.FullName));
    }

    [Fact]
    public void Is_a_tag_that_registries_accept() => Assert.Matches(@"\Asrc-[0-9a-f]{16}\z", TagOf(Root));

    [Fact]
    public void Names_a_source_that_is_missing()
    {
        File.Delete(Path.Combine(_copy.FullName, "global.json"));
        Assert.Equal("global.json", Assert.Throws<FileNotFoundException>(() => TagOf(_copy.FullName)).FileName);
    }

    [Fact]
    public void Says_where_it_looked_for_the_repository()
    {
        var refused = Assert.Throws<DirectoryNotFoundException>(() => RepositoryRoot.FindFrom(_copy.FullName));
        Assert.Contains(_copy.FullName, refused.Message, StringComparison.Ordinal);
    }

    private static string TagOf(string root) => SourceHash.Tag(root, ImageSources.Of(root, ServiceSource.Named(Names.Requester)));

    private void Add(string file, string content)
    {
        var path = Path.Combine(_copy.FullName, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    private static IEnumerable<string> Includes(string file, string element) =>
        XDocument.Load(file).Descendants(element).Select(item => (string)item.Attribute("Include")!);

    // The project, and the projects to which it or an imported file refers.
    private static IEnumerable<string> Projects(string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        var references = XDocument.Load(file).Descendants()
            .Where(element => element.Name.LocalName is "ProjectReference" or "Import")
            .Select(element => (string?)element.Attribute("Include") ?? (string)element.Attribute("Project")!)
            .Select(path => path.Replace("$(MSBuildThisFileDirectory)", "", StringComparison.Ordinal))
            .Select(path => Path.GetFullPath(Path.Combine(folder, path)));
        return references.SelectMany(Projects).Prepend(file);
    }
}
