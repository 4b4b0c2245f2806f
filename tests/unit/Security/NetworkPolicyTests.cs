namespace GopherMesh.Tests.Unit.Security;

/// <summary>Who may call whom, as the network checks it.</summary>
public class NetworkPolicyTests
{
    private const string Policy = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

    private static Task<StackUnderTest> With(params (string, string)[] changes) => StackUnderTest.DeclareAsync(StackFiles.Local(changes));

    [Fact]
    public async Task Nothing_goes_in_or_out_unless_it_is_allowed() =>
        AssertJson.Equal("""{"podSelector":{},"policyTypes":["Ingress","Egress"]}""", (await With())[Policy, "default-deny"].At("spec"));

    [Fact]
    public async Task The_requester_is_reached_by_the_gateway_and_reaches_the_distributor() => AssertJson.Equal(
        """
        {
          "podSelector":{"matchLabels":{"app":"gopher-requester"} },
          "policyTypes":["Ingress","Egress"],
          "ingress":[{
            "from":[{
              "namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"istio-system"} },
              "podSelector":{"matchLabels":{"istio":"ingressgateway"} }
            }],
            "ports":[{"port":8080,"protocol":"TCP"}]
          }],
          "egress":[{
            "to":[{
              "namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"gophers"} },
              "podSelector":{"matchLabels":{"app":"gopher-distributor"} }
            }],
            "ports":[{"port":8080,"protocol":"TCP"}]
          }]
        }
        """,
        (await With())[Policy, "gopher-requester"].At("spec"));

    [Fact]
    public async Task The_distributor_is_reached_by_the_requester_and_reaches_nobody() => AssertJson.Equal(
        """
        {
          "podSelector":{"matchLabels":{"app":"gopher-distributor"} },
          "policyTypes":["Ingress","Egress"],
          "ingress":[{
            "from":[{
              "namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"team-7"} },
              "podSelector":{"matchLabels":{"app":"gopher-requester"} }
            }],
            "ports":[{"port":8080,"protocol":"TCP"}]
          }]
        }
        """,
        (await With(("namespace", "team-7")))[Policy, "gopher-distributor"].At("spec"));

    [Fact]
    public async Task Proxies_reach_DNS_and_istiod()
    {
        var proxies = (await With())[Policy, "proxies"];
        Assert.Null(proxies.At("spec.ingress"));
        AssertJson.Equal(
            """
            [
              {"ports":[{"port":53,"protocol":"UDP"},{"port":53,"protocol":"TCP"}]},
              {
                "to":[{
                  "namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"istio-system"} },
                  "podSelector":{"matchLabels":{"app":"istiod"} }
                }],
                "ports":[{"port":15012,"protocol":"TCP"}]
              }
            ]
            """,
            proxies.At("spec.egress"));
    }

    [Fact]
    public async Task The_tools_may_scrape_and_get_spans()
    {
        var proxies = (await With(("observability", "true")))[Policy, "proxies"];
        const string Tools = """{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"observability"} } }""";

        AssertJson.Equal($$"""[{"from":[{{Tools}}],"ports":[{"port":15020,"protocol":"TCP"}]}]""", proxies.At("spec.ingress"));
        AssertJson.Equal($$"""{"to":[{{Tools}}],"ports":[{"port":4317,"protocol":"TCP"}]}""", proxies.At("spec.egress[2]"));
    }

    [Theory]
    [InlineData("istiod")]
    [InlineData("istio-ingressgateway")]
    [InlineData("istio-cni")]
    public async Task Istios_own_pods_have_the_policies_of_their_charts(string release)
    {
        var stack = await With(("istioCni", "true"));
        Assert.True((bool?)stack["kubernetes:helm.sh/v3:Release", release].At("values.global.networkPolicy.enabled"));
    }
}
