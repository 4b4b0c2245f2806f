using GopherMesh.Tests.SdkContract.Support;
using Pulumi;
using Pulumi.Utilities;
using KubernetesProvider = Pulumi.Kubernetes.Provider;

namespace GopherMesh.Tests.SdkContract.Resources;

public sealed class OptionsTests
{
    public static TheoryData<string, Func<Alias>> Contradictory => new()
    {
        { "Alias should not specify both Urn and Name", () => new Alias { Urn = "urn:pulumi:a::b::c::d", Name = "was" } },
        { "Alias should not specify both Urn and NoParent", () => new Alias { Urn = "urn:pulumi:a::b::c::d", NoParent = true } },
        { "Only specify one of 'Parent', 'ParentUrn' or 'NoParent' in an Alias", () => new Alias { ParentUrn = "urn:pulumi:a::b::c::d", NoParent = true } },
    };

    [Fact]
    public void Of_two_single_values_the_second_wins_unless_it_is_not_set()
    {
        var merged = CustomResourceOptions.Merge(
            new() { Protect = true, Version = "1", ImportId = "a", RetainOnDelete = true, CustomTimeouts = new() { Create = TimeSpan.FromMinutes(1) } },
            new() { Protect = false, ImportId = null, DeleteBeforeReplace = true, CustomTimeouts = new() { Delete = TimeSpan.FromMinutes(2) } });

        Assert.Equal((false, "1", "a", true, true), (merged.Protect, merged.Version, merged.ImportId, merged.RetainOnDelete, merged.DeleteBeforeReplace));
        Assert.Null(merged.CustomTimeouts!.Create);
        Assert.Equal(TimeSpan.FromMinutes(2), merged.CustomTimeouts.Delete);
    }

    [Fact]
    public async Task Lists_are_joined_and_the_originals_left_alone()
    {
        await Run.ProgramAsync(() =>
        {
            var (a, b) = (new Sample("a"), new Sample("b"));
            var first = new CustomResourceOptions { IgnoreChanges = ["x"], DependsOn = [a], Aliases = [new Alias { Name = "was" }], AdditionalSecretOutputs = ["s"] };
            var second = new CustomResourceOptions { IgnoreChanges = ["y"], DependsOn = [b], ReplaceOnChanges = ["r"] };
            var merged = CustomResourceOptions.Merge(first, second);

            Assert.Equal(["x", "y"], merged.IgnoreChanges);
            Assert.Equal([a, b], Dependencies(merged));
            Assert.Single(merged.Aliases);
            Assert.Equal(["s"], merged.AdditionalSecretOutputs);
            Assert.Equal(["r"], merged.ReplaceOnChanges);
            Assert.Equal(["x"], first.IgnoreChanges);
            Assert.Equal([a], Dependencies(first));
        });

        static IEnumerable<Resource> Dependencies(ResourceOptions options)
            => OutputUtilities.GetValueAsync(options.DependsOn.ToOutput()).GetAwaiter().GetResult();
    }

    [Fact]
    public void Nothing_merged_with_nothing_is_empty()
    {
        Assert.Null(CustomResourceOptions.Merge(null, null).Parent);
        Assert.Empty(ComponentResourceOptions.Merge(null, null).Providers);
    }

    [Fact]
    public async Task Of_several_providers_of_a_package_the_last_is_kept()
    {
        await Run.ProgramAsync(() =>
        {
            var (first, second, aws) = (new KubernetesProvider("first"), new KubernetesProvider("second"), new Pulumi.Aws.Provider("aws"));
            var merged = ComponentResourceOptions.Merge(new() { Providers = [first, aws] }, new() { Providers = [second] });

            Assert.Equal([aws, second], merged.Providers);
        });
    }

    [Fact]
    public async Task The_options_of_a_program_are_copied_and_not_changed()
    {
        var options = new CustomResourceOptions();
        await Run.ProgramAsync(() => _ = new Sample("child", null, new CustomResourceOptions { Parent = new Component("parent", new() { Protect = true }) }));
        await Run.ProgramAsync(() => _ = new Sample("sample", null, options));

        Assert.Null(options.Protect);
        Assert.Null(options.Id);
    }

    [Fact]
    public async Task Depending_on_a_resource_waits_for_its_registration()
    {
        var first = new TaskCompletionSource();
        var mocks = new SlowMocks(slow: "first", first.Task);
        var run = Deployment.TestAsync(mocks, Run.Update, () =>
        {
            var resource = new Sample("first");
            _ = new Sample("independent");
            _ = new Sample("second", null, new CustomResourceOptions { DependsOn = [resource] });
        });
        first.SetResult();
        await run;

        Assert.Equal(["first", "independent", "first answered", "second"], mocks.Log);
    }

    [Fact]
    public async Task Every_option_that_programs_use_is_accepted_under_mocks()
    {
        var mocks = await Run.ProgramAsync(() =>
        {
            var owner = new Sample("owner");
            _ = new Sample("sample", null, new CustomResourceOptions
            {
                CustomTimeouts = new CustomTimeouts { Create = TimeSpan.FromMinutes(10), Update = TimeSpan.FromMinutes(10), Delete = TimeSpan.FromMinutes(10) },
                DeleteBeforeReplace = true,
                DeletedWith = owner,
                IgnoreChanges = ["text"],
                PluginDownloadURL = "https://example.com",
                Protect = true,
                ReplaceOnChanges = ["number"],
                RetainOnDelete = true,
            });
        });

        Assert.Equal(["owner", "sample"], mocks.Resources.Select(resource => resource.Name));
    }

    [Fact]
    public async Task A_former_name_type_or_parent_is_accepted()
    {
        var mocks = await Run.ProgramAsync(() =>
        {
            var parent = new Component("parent", new ComponentResourceOptions { Aliases = [new Alias { Name = "was" }] });
            _ = new Sample("sample", null, new CustomResourceOptions
            {
                Parent = parent,
                Aliases = [new Alias { Name = "was" }, new Alias { Type = "test:index:Old" }, new Alias { NoParent = true }, new Alias { Urn = "urn:pulumi:a::b::c::d" }],
            });
        });

        Assert.Equal(2, mocks.Resources.Count);
    }

    [Theory]
    [MemberData(nameof(Contradictory))]
    public async Task A_contradictory_alias_fails_the_program(string message, Func<Alias> alias)
    {
        var failures = await Run.FailuresAsync(() => _ = new Sample("sample", null, new CustomResourceOptions { Aliases = [alias()] }));

        Assert.All(failures, failure => Assert.Contains(message, failure, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_urn_is_made_of_its_parts()
    {
        Output<string>? atTheTop = null;
        Output<string>? below = null;
        await Run.ProgramAsync(() =>
        {
            atTheTop = Urn.Create("name", "a:b:C");
            below = Urn.Create("name", "a:b:C", new Component("parent"));
        });

        Assert.Equal("urn:pulumi:dev::gopher-mesh::a:b:C::name", await OutputUtilities.GetValueAsync(atTheTop!));
        Assert.Equal("urn:pulumi:dev::gopher-mesh::pulumi:pulumi:Stack$test:index:Component$a:b:C::name", await OutputUtilities.GetValueAsync(below!));
    }
}

public sealed class ProviderTests
{
    private const string Unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

    [Fact]
    public async Task An_explicit_provider_is_named_by_urn_and_id()
    {
        var mocks = await Run.ProgramAsync(() => _ = new Item("item", new CustomResourceOptions { Provider = new KubernetesProvider("cluster") }));

        Assert.Equal(Reference("cluster", "cluster-id"), mocks["item"].Provider);
    }

    [Fact]
    public async Task A_provider_without_an_id_is_named_as_unknown()
    {
        var mocks = await Run.ProgramAsync(
            () => _ = new Item("item", new CustomResourceOptions { Provider = new KubernetesProvider("cluster") }),
            new() { OnResource = args => (null, args.Inputs) });

        Assert.Equal(Reference("cluster", Unknown), mocks["item"].Provider);
    }

    [Fact]
    public async Task Children_and_grandchildren_of_a_component_take_its_provider()
    {
        var mocks = await Run.ProgramAsync(() =>
        {
            var provider = new KubernetesProvider("cluster");
            var parent = new Component("parent", new ComponentResourceOptions { Provider = provider });
            var child = new Component("child", new ComponentResourceOptions { Parent = parent });
            _ = new Item("item", new CustomResourceOptions { Parent = child });
            _ = new Sample("of another package", null, new CustomResourceOptions { Parent = child });
        });

        Assert.Equal(Reference("cluster", "cluster-id"), mocks["item"].Provider);
        Assert.Equal("", mocks["of another package"].Provider);
        Assert.Equal("", mocks["parent"].Provider);
    }

    [Fact]
    public async Task The_nearest_of_several_providers_wins()
    {
        var mocks = await Run.ProgramAsync(() =>
        {
            var (far, near) = (new KubernetesProvider("far"), new KubernetesProvider("near"));
            var parent = new Component("parent", new ComponentResourceOptions { Providers = [far] });
            var child = new Component("child", new ComponentResourceOptions { Parent = parent, Providers = [near] });
            _ = new Item("inner", new CustomResourceOptions { Parent = child });
            _ = new Item("outer", new CustomResourceOptions { Parent = parent });
            _ = new Item("own", new CustomResourceOptions { Parent = child, Provider = far });
        });

        Assert.Equal(Reference("near", "near-id"), mocks["inner"].Provider);
        Assert.Equal(Reference("far", "far-id"), mocks["outer"].Provider);
        Assert.Equal(Reference("far", "far-id"), mocks["own"].Provider);
    }

    [Fact]
    public async Task A_child_of_a_custom_resource_takes_the_provider_that_it_was_given()
    {
        var mocks = await Run.ProgramAsync(() =>
        {
            var parent = new Item("parent", new CustomResourceOptions { Provider = new KubernetesProvider("cluster") });
            _ = new Item("child", new CustomResourceOptions { Parent = parent });
        });

        Assert.Equal(Reference("cluster", "cluster-id"), mocks["child"].Provider);
    }

    [Fact]
    public async Task A_component_takes_one_provider_or_several_but_not_both()
    {
        var failure = await Run.FailureAsync(() =>
        {
            var provider = new KubernetesProvider("cluster");
            _ = new Component("component", new ComponentResourceOptions { Provider = provider, Providers = [provider] });
        });

        Assert.Contains("Do not supply both 'provider' and 'providers' options to a ComponentResource.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_provider_is_a_resource_of_the_type_of_its_package()
    {
        var mocks = await Run.ProgramAsync(() => _ = new KubernetesProvider("cluster", new() { Context = "kind", EnableServerSideApply = true }));

        Assert.Equal("pulumi:providers:kubernetes", mocks["cluster"].Type);
        Assert.Equal("true", mocks["cluster"].Inputs["enableServerSideApply"]);
        Assert.Equal("kind", mocks["cluster"].Inputs["context"]);
    }

    private static string Reference(string name, string id)
        => $"urn:pulumi:dev::gopher-mesh::pulumi:pulumi:Stack$pulumi:providers:kubernetes::{name}::{id}";

    private sealed class Item(string name, CustomResourceOptions options) : CustomResource("kubernetes:core/v1:Item", name, null, options);
}
