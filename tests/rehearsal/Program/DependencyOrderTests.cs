using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Tests.Rehearsal.Program;

public sealed class DependencyOrderTests
{
    [Fact]
    public void The_order_of_construction_stays_where_nothing_speaks_against_it() =>
        Assert.Equal(["a", "b", "c"], Order(Resource("a"), Resource("b"), Resource("c")));

    [Fact]
    public void What_is_needed_comes_first() =>
        Assert.Equal(["b", "a", "c"], Order(Resource("a", dependsOn: ["b"]), Resource("b"), Resource("c")));

    [Fact]
    public void A_dependency_on_a_component_is_one_on_all_that_it_groups() =>
        Assert.Equal(["group", "child", "a"], Order(Resource("a", dependsOn: ["group"]), Resource("group"), Resource("child", parent: "group")));

    [Fact]
    public void A_child_waits_for_what_its_parent_waits_for() =>
        Assert.Equal(["b", "group", "child"], Order(Resource("group", dependsOn: ["b"]), Resource("child", parent: "group"), Resource("b")));

    [Fact]
    public void Siblings_may_depend_on_each_other() =>
        Assert.Equal(["group", "two", "one"], Order(Resource("group"), Resource("one", parent: "group", dependsOn: ["two"]), Resource("two", parent: "group")));

    [Fact]
    public void The_provider_comes_before_its_resources() =>
        Assert.Equal(["p", "a"], Order(Resource("a", provider: "p"), Resource("p")));

    [Fact]
    public void A_circle_is_refused() =>
        Assert.Throws<InvalidOperationException>(() => Order(Resource("a", dependsOn: ["b"]), Resource("b", dependsOn: ["a"])));

    [Fact]
    public void Needs_reach_through_other_resources()
    {
        var (a, b, c) = (Resource("a", dependsOn: ["b"]), Resource("b", dependsOn: ["c"]), Resource("c"));

        Assert.Equal(["b", "c"], new DependencyOrder([a, b, c]).Needs(a).Order());
    }

    private static IEnumerable<string> Order(params DeclaredResource[] resources) => new DependencyOrder(resources).Resources.Select(resource => resource.Name);

    private static DeclaredResource Resource(string name, string? parent = null, string? provider = null, params string[] dependsOn) =>
        new("test:index:Thing", name, name, parent, provider, dependsOn, IsRead: false, []);
}
